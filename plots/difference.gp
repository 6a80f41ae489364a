# difference.gp -- how far each plan is from the best one: a dot with its range, against a line at 0.
# Data: number, plan, difference, low, high, percent better, label; index 3: the axis.
stats data index 1 using 4 nooutput; n = int(STATS_records); least = low(STATS_min, 0)
stats data index 1 using 5 nooutput; most = high(STATS_max, 0)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 7 nooutput; RIGHT = 32 + CELL * STATS_max
BOTTOM = 44; W = high(WIDTH_LEAST, LEFT + RIGHT + 300); H = TOP + BOTTOM + 40 * n
span = most > least ? most - least : 1
from = least - 0.06 * span; to = most + 0.06 * span
set xrange [from:to]; set yrange [n - 0.5:-0.5]
set grid xtics noytics
set border 1
set ytics scale 0
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor rgb INK linewidth 1.2 front
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 4:1:($5 - $4):(0) with vectors nohead linewidth 7 linecolor rgb SKY, \
       '' index 1 using 3:1 with points pointtype 7 pointsize 1 linecolor rgb BLUE, \
       '' index 1 using (to):1:7 with labels left offset 0.8,0 noenhanced textcolor rgb INK, \
       '' index 3 using ($1 >= from && $1 <= to ? $1 : NaN):(NaN):xtic(2) with points, \
       '' index 1 using (NaN):1:ytic(2) with points
}
