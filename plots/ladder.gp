# ladder.gp -- what each budget brings at its best split: dark is sure, pale is the range.
# Data: number, budget, response, low, high, budget as shown, label.
stats data index 1 using 5 nooutput; n = int(STATS_records); most = high(STATS_max, 1e-99)
stats data index 2 using 6 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 7 nooutput; label = 24 + CELL * STATS_max
step = n > 16 ? 24 : 32; RIGHT = 20; BOTTOM = 20
W = high(WIDTH_LEAST, LEFT + label + 320); H = TOP + BOTTOM + step * n
inside = 1.0 * W - LEFT - RIGHT
set xrange [0:most * inside / (inside - label)]; set yrange [n - 0.5:-0.5]
unset xtics; unset grid; set border 2
set ytics scale 0
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * $4):1:(0.5 * $4):(0.34) with boxxyerror fill solid noborder linecolor rgb BLUE, \
       '' index 1 using (0.5 * ($4 + $5)):1:(0.5 * ($5 - $4)):(0.34) with boxxyerror fill solid noborder linecolor rgb mix(SKY, 0.55), \
       '' index 1 using 3:($1 - 0.34):(0):(0.68) with vectors nohead linewidth 2 linecolor rgb INK, \
       '' index 1 using 5:1:7 with labels left offset 0.8,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(6) with points
}
