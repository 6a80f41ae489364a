# funnel.gp -- how many are left at each step; dots on a logarithmic axis, which has no zero for bars.
# Data: number, step, people or times, share of the step before, label.
stats data index 1 using ($3 > 0 ? $3 : NaN) nooutput; most = STATS_max; least = STATS_min
stats data index 1 using 1 nooutput; n = int(STATS_records)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 5 nooutput; label = 24 + CELL * STATS_max
RIGHT = 20; BOTTOM = 20; W = high(WIDTH_LEAST, LEFT + label + 320); H = TOP + BOTTOM + 46 * n
inside = 1.0 * W - LEFT - RIGHT
tens = high(1, ceil(log10(most)) - floor(log10(least)))      # decades that the dots take
set logscale x
first = 10.0 ** floor(log10(least) - 0.15)
set xrange [first:first * 10 ** ((tens + 0.3) * inside / (inside - label))]
set yrange [n - 0.5:-0.5]
unset xtics; unset grid; set border 0
set ytics scale 0
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (first):1:($3 > 0 ? $3 - first : 0):(0) with vectors nohead linewidth 1 linecolor rgb FAINT, \
       '' index 1 using ($3 > 0 ? $3 : NaN):1 with points pointtype 7 pointsize 1.4 linecolor rgb BLUE, \
       '' index 1 using ($3 > 0 ? $3 : first):1:5 with labels left offset 1.2,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
