# difference.gp -- how far each plan is from the best one: a dot with its range, against a line at 0.
# Data: number, plan, its cells, difference, low, high, label, its cells.
stats data index 1 using 4 nooutput; n = int(STATS_records)
stats data index 1 using 5 nooutput; least = low(STATS_min, 0)
stats data index 1 using 6 nooutput; most = high(STATS_max, 0)
stats data index 1 using 3 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 1 using 8 nooutput; label = 16 + CELL * STATS_max
RIGHT = label + 16; BOTTOM = 44
W = high(WIDTH_LEAST, LEFT + RIGHT + 300); H = TOP + BOTTOM + 40 * n
span = most > least ? most - least : 1
set xrange [least - 0.06 * span : most + 0.06 * span]
set yrange [n - 0.5:-0.5]
set grid xtics noytics
set border 1
set ytics scale 0
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor rgb INK linewidth 1.2 front
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 5:1:($6 - $5):(0):ytic(2) with vectors nohead linewidth 7 linecolor rgb SKY, \
       '' index 1 using 4:1 with points pointtype 7 pointsize 1 linecolor rgb BLUE, \
       '' index 1 using (most + 0.06 * span):1:7 with labels left offset 0.8,0 noenhanced textcolor rgb INK
}
