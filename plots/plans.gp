# plans.gp -- every point of a batch: spend, and what it brings. Full: none brings more for less.
# Data: point, plan, spend, what it brings, 1 = not beaten; index 3, 4: axes.
stats data index 3 using 1 nooutput; most_x = STATS_max
stats data index 4 using 1 nooutput; most_y = STATS_max
stats data index 4 using 3 nooutput; LEFT = 24 + CELL * STATS_max
W = 700; RIGHT = 50; BOTTOM = 62; H = TOP + 408
set xrange [0:1.03 * most_x]; set yrange [0:1.06 * most_y]
set xlabel 'spend' offset 0,0.3 textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using ($5 == 1 ? $3 : NaN):4 with lines linewidth 1.5 linecolor rgb SKY, \
       '' index 1 using ($5 == 0 ? $3 : NaN):4 with points pointtype 6 pointsize 0.9 linewidth 1.5 linecolor rgb SOFT, \
       '' index 1 using ($5 == 1 ? $3 : NaN):4 with points pointtype 7 pointsize 1.2 linecolor rgb BLUE, \
       '' index 1 using ($5 == 1 ? $3 : NaN):4:(sprintf('%.0f', $1)) with labels offset 0,0.9 noenhanced font ',11' textcolor rgb INK, \
       '' index 3 using 1:(NaN):xtic(2) with points, \
       '' index 4 using (NaN):1:ytic(2) with points
}
