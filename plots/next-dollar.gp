# next-dollar.gp -- what the next unit of money brings in each cell, from zero; a line at what it should.
# Data: number, cell, what it brings, limited by, label; index 3: the line.
stats data index 1 using 3 nooutput; n = int(STATS_records); most = high(STATS_max, 0); least = low(STATS_min, 0)
level = NaN; stats data index 3 using (level = $1, 1) nooutput
if (level == level) { most = high(most, level) }
most = high(most, 1e-99)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 5 nooutput; label = 24 + CELL * STATS_max
step = n > 16 ? 26 : 34; RIGHT = 20; BOTTOM = 20
W = high(WIDTH_LEAST, LEFT + label + 320); H = TOP + BOTTOM + step * n
inside = 1.0 * W - LEFT - RIGHT
set xrange [least:least + (most - least) * inside / (inside - label)]; set yrange [n - 0.5:-0.5]
unset xtics; unset grid; set border 2
set ytics scale 0
if (level == level) { set arrow 1 from level, graph 0 to level, graph 1 nohead front linewidth 1.5 dashtype 2 linecolor rgb INK }
set style textbox opaque noborder fillcolor rgb '#FFFFFF' margins 0.5,0.4
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * $3):1:(0.5 * abs($3)):(0.34):(colour_of($1)) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using (high($3, 0)):1:5 with labels boxed left offset 0.8,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
