# reach.gp -- people reached by day, at least once and more often; each line is named at its end.
# Data: day, people with 1+, 2+, 3+, 5+, 10+; index 3: people on the axis; 4: line, x, y, y of its label, label.
stats data index 1 using 1 nooutput; days = STATS_max
stats data index 3 using 1 nooutput; most = STATS_max
stats data index 3 using 3 nooutput; LEFT = 24 + CELL * STATS_max
stats data index 4 using 6 nooutput; RIGHT = 30 + CELL * STATS_max
W = high(WIDTH_LEAST, LEFT + RIGHT + 380); H = TOP + 390; BOTTOM = 60
set xrange [0:days]; set yrange [0:1.04 * most]
set xlabel 'day' offset 0,0.4 textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot for [k = 0:4] data index 1 using 1:(column(k + 2)) with lines linewidth 2.5 dashtype k + 1 linecolor rgb colour_of(k), \
       '' index 4 using 2:4:5 with labels left offset 0.9,0 noenhanced textcolor rgb INK, \
       '' index 3 using (NaN):1:ytic(2) with points
}
