# organic.gp -- followers above, their sentiment below, by day; the bands hold the stated share of what may come.
# Data: month (30 days = 1), followers, low, high, sentiment, low, high.
stats data index 1 using 1 nooutput; months = STATS_max
stats data index 1 using 3 nooutput; least = STATS_min
stats data index 1 using 4 nooutput; most = STATS_max
stats data index 1 using 6 nooutput; span = -STATS_min
stats data index 1 using 7 nooutput; span = span + STATS_max
step = step_of(span)
people = high(step_of(1.08 * most), 1)
digits = strlen(sprintf('%.0f', most))
TOP = TOP + 18; W = 700; H = 480; LEFT = 34 + CELL * (digits + int((digits - 1) / 3)); RIGHT = 30; BOTTOM = 58
GAP = 40; SPLIT = 0.56       # of the height between TOP and BOTTOM that the upper picture takes
room = 1.0 * (H - TOP - BOTTOM - GAP)
upper_end = 1.0 * BOTTOM + GAP + room * (1 - SPLIT)
lower_top = 1.0 * BOTTOM + room * (1 - SPLIT)
set xrange [0:months]
do for [format in FORMATS] {
  eval picture(format)
  set multiplot
  set bmargin at screen upper_end / H
  set format x ''
  unset xlabel
  set yrange [0:1.08 * most]
  set ytics ('0' 0)
  set for [k = 1:int(1.08 * most / people)] ytics add (commas(k * people) k * people)
  set label 1 'followers' at graph 0, graph 1 offset 0,0.5 left textcolor rgb SOFT
  plot data index 1 using 1:3:4 with filledcurves fillcolor rgb mix(SKY, 0.45) notitle, \
       '' index 1 using 1:2 with lines linewidth 2.5 linecolor rgb BLUE notitle
  unset label 901; unset label 902; unset label 903
  set tmargin at screen lower_top / H
  set bmargin at screen 1.0 * BOTTOM / H
  set format x '%g'
  set xlabel 'months of thirty days' offset 0,0.4 textcolor rgb SOFT
  set format y '%+g'
  set autoscale y
  set ytics autofreq step; set ytics add ('0' 0)
  set label 1 'sentiment, 0 as always'
  plot data index 1 using 1:6:7 with filledcurves fillcolor rgb mix(ORANGE, 0.4) notitle, \
       '' index 1 using 1:5 with lines linewidth 2.5 linecolor rgb RED notitle
  unset multiplot
}
