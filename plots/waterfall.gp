# waterfall.gp -- from one plan to another: what each ad set adds (blue) or takes away (orange).
# Data: number, step, value, from, to, kind (0: a plan), label; index 3: the axis.
stats data index 1 using (high($4, $5)) nooutput; n = int(STATS_records); most = high(STATS_max, 0)
stats data index 1 using (low($4, $5)) nooutput; least = low(STATS_min, 0)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 7 nooutput; label = 20 + CELL * STATS_max
step = n > 16 ? 24 : 32; RIGHT = 20; BOTTOM = 20
W = high(WIDTH_LEAST, LEFT + label + 320); H = TOP + BOTTOM + step * n
inside = 1.0 * W - LEFT - RIGHT
span = most > least ? most - least : 1
set xrange [least:least + span * inside / (inside - label)]; set yrange [n - 0.5:-0.5]
unset xtics; unset grid; set border 0
set ytics scale 0
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linewidth 1 linecolor rgb INK
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * ($4 + $5)):1:(high(0.5 * abs($5 - $4), 0.001 * span)):(0.36):($6 == 0 ? GREY : $6 > 0 ? BLUE : ORANGE) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 5:($1 + 0.36):(0):($1 < n - 1 ? 0.28 : 0) with vectors nohead linewidth 1 linecolor rgb SOFT, \
       '' index 1 using (high($4, $5)):1:7 with labels left offset 0.8,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
