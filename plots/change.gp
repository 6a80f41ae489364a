# change.gp -- spend now and at the best split: an arrow a cell, from zero.
# Data: number, cell, now, best, change, label.
stats data index 1 using 3 nooutput; most = STATS_records ? STATS_max : 0
stats data index 1 using 4 nooutput; n = int(STATS_records); most = high(high(most, STATS_max), 1e-99)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 6 nooutput; label = 28 + CELL * STATS_max
step = n > 16 ? 26 : 36; RIGHT = 20; BOTTOM = 20
W = high(WIDTH_LEAST, LEFT + label + 320); H = TOP + BOTTOM + step * n
inside = 1.0 * W - LEFT - RIGHT
set xrange [0:most * inside / (inside - label)]; set yrange [n - 0.5:-0.5]
unset xtics; unset grid; set border 2
set ytics scale 0
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0):1:(high($3, $4)):(0) with vectors nohead linewidth 1 linecolor rgb FAINT, \
       '' index 1 using 3:1:($4 - $3):(0):(colour_of($1)) with vectors nohead linewidth 4 linecolor rgb variable, \
       '' index 1 using 3:1:(colour_of($1)) with points pointtype 6 pointsize 1.5 linewidth 2 linecolor rgb variable, \
       '' index 1 using 4:1:(colour_of($1)) with points pointtype 7 pointsize 1.6 linecolor rgb variable, \
       '' index 1 using (high($3, $4)):1:6 with labels left offset 1.3,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
