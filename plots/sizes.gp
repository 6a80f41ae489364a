# sizes.gp -- people of each audience, the largest bar as wide as the picture; the closed form beside.
# Data: number, name, people, closed form (NaN: none), label.
stats data index 1 using 3 nooutput
n = int(STATS_records); most = high(STATS_max, 1e-9)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 5 nooutput; label = 16 + CELL * STATS_max
step = n > 24 ? 20 : 28
RIGHT = 24; BOTTOM = 20
W = high(WIDTH_LEAST, LEFT + label + 300); H = TOP + BOTTOM + step * n
inside = W - LEFT - RIGHT

unset grid; unset xtics; set border 2
set xrange [0:most * inside / (inside - label)]
set yrange [n - 0.5:-0.5]
set ytics scale 0
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * $3):1:(0.5 * $3):(0.36):ytic(2) with boxxyerror fill solid noborder linecolor rgb SKY, \
       '' index 1 using 4:($1 - 0.42):(0):(0.84) with vectors nohead linewidth 2 linecolor rgb INK, \
       '' index 1 using 3:1:5 with labels left offset 0.8,0 noenhanced textcolor rgb INK
}
