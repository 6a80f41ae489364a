# frequency.gp -- people by impressions seen; dashed lines are the frequency caps.
# Data: number, impressions, people, share, label; index 3: impressions of a cap, its number, label.
stats data index 1 using 4 nooutput; n = int(STATS_records); most = high(STATS_max, 1e-9)
stats data index 3 using 1 nooutput; caps = exists('STATS_records') ? int(STATS_records) : 0
W = 700; LEFT = 30; RIGHT = 30; BOTTOM = 60; H = TOP + BOTTOM + 300
set xrange [0.4:n + 0.6]; set yrange [0:1.12 * most]
unset grid; unset ytics; set border 1
set xtics scale 0
set xlabel 'impressions seen' offset 0,0.2 textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 1:(0.5 * $4):(0.36):(0.5 * $4) with boxxyerror fill solid noborder linecolor rgb BLUE, \
       '' index 1 using 1:4:5 with labels offset 0,0.7 noenhanced font ',12' textcolor rgb INK, \
       '' index 3 using ($1 + 0.5):(0):(0):((1.06 - 0.09 * $2) * most) with vectors nohead linewidth 1.5 dashtype 2 linecolor rgb RED, \
       '' index 3 using ($1 + 0.5):((1.06 - 0.09 * $2) * most):3 with labels left offset 0.5,0 noenhanced font ',12' textcolor rgb RED, \
       '' index 1 using 1:(NaN):xtic(2) with points
}
