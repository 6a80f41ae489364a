# response.gp -- what each cell brings for its spend; hollow: now, full: best. A thin line leads from the end of each
# curve to its name.
# Data: line, cell, spend, response; index 3, 4: axes; 5: line, x, y, y of its label, label, its cells; 6: line,
# 0 = now and 1 = best, spend, response.
stats data index 3 using 1 nooutput; most_x = STATS_max
stats data index 4 using 1 nooutput; most_y = STATS_max
stats data index 4 using 3 nooutput; LEFT = 24 + CELL * STATS_max
stats data index 5 using 6 nooutput; RIGHT = 30 + CELL * STATS_max
stats data index 5 using 1 nooutput; lines = int(STATS_records)
array which[lines]; stats data index 5 using (which[int($0) + 1] = $1, 1) nooutput
W = high(WIDTH_LEAST, LEFT + RIGHT + 400); H = TOP + 408; BOTTOM = 62
right = 1.04 * most_x      # where the names begin
set xrange [0:right]; set yrange [0:1.04 * most_y]
set xlabel 'spend' offset 0,0.3 textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot data index 5 using 2:3:(right - $2):($4 - $3) with vectors nohead linewidth 1 linecolor rgb GREY, \
       for [k = 1:lines] '' index 1 using ($1 == which[k] ? $3 : NaN):4 with lines linewidth 2.5 dashtype dash_of(which[k]) linecolor rgb colour_of(which[k]), \
       '' index 6 using ($2 == 0 ? $3 : NaN):4:(colour_of($1)) with points pointtype 6 pointsize 1.5 linewidth 2 linecolor rgb variable, \
       '' index 6 using ($2 == 1 ? $3 : NaN):4:(colour_of($1)) with points pointtype 7 pointsize 1.6 linecolor rgb variable, \
       '' index 5 using (right):4:5 with labels left offset 0.6,0 noenhanced textcolor rgb INK, \
       '' index 3 using 1:(NaN):xtic(2) with points, \
       '' index 4 using (NaN):1:ytic(2) with points
}
