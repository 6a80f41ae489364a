# calendar.gp -- what each ad set spends when; the darker the more. Its whole spend stands at the right.
# Data: row, ad set, spend, first, last, highest, label; index 3: column, row, part of the darkest; 4: what a
# column is.
stats data index 3 using 1 nooutput; columns = STATS_max
stats data index 1 using 1 nooutput; n = int(STATS_records)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using 7 nooutput; RIGHT = 30 + CELL * STATS_max
word = ''; stats data index 4 using (word = strcol(1), 1) nooutput
tall = n > 16 ? 22 : 30; BOTTOM = 56
W = high(WIDTH_LEAST, LEFT + RIGHT + 400); H = TOP + BOTTOM + tall * n
unset grid; set border 0
set tics scale 0
set xrange [0.5:columns + 0.5]; set yrange [n - 0.5:-0.5]
set xtics 1, columns > 60 ? 10 : columns > 14 ? 7 : 1
set xlabel word offset 0,0.4 noenhanced textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot data index 3 using 1:2:(0.46):(0.42):($3 > 0 ? mix(BLUE, 0.08 + 0.92 * $3) : 0xF2F2F2) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using (columns + 0.5):1:7 with labels left offset 0.8,0 noenhanced textcolor rgb INK, \
       '' index 1 using (NaN):1:ytic(2) with points
}
