# pairs.gp -- two bars a row, from zero: the upper one grey, the lower one in the ad set's colour.
# Data: number, name, upper, lower, labels of both.
stats data index 1 using 3 nooutput; n = int(STATS_records); most = STATS_max
stats data index 1 using 4 nooutput; most = high(high(STATS_max, most), 1e-99)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using (high($5, $6)) nooutput; label = 20 + CELL * STATS_max
step = n > 12 ? 36 : 46; RIGHT = 20; BOTTOM = 16
W = high(WIDTH_LEAST, LEFT + label + 300); H = TOP + BOTTOM + step * n
inside = 1.0 * W - LEFT - RIGHT
set xrange [0:most * inside / (inside - label)]; set yrange [n - 0.5:-0.5]
unset grid; unset xtics; set border 2
set ytics scale 0
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * $3):($1 - 0.19):(0.5 * $3):(0.17) with boxxyerror fill solid noborder linecolor rgb GREY, \
       '' index 1 using (0.5 * $4):($1 + 0.19):(0.5 * $4):(0.17):(colour_of($1)) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 3:($1 - 0.19):5 with labels left offset 0.6,0 noenhanced font ',12' textcolor rgb SOFT, \
       '' index 1 using 4:($1 + 0.19):6 with labels left offset 0.6,0 noenhanced font ',12' textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
