# sweep.gp -- the answer over the values of one or two swept keys, in colour and in figures.
# Data: column, row, values of both keys, answer, label; index 3, 4: the values: number, cells, value, key.
stats data index 1 using 5 nooutput; least = STATS_min; most = STATS_max
stats data index 3 using 2 nooutput; columns = int(STATS_records); column_cells = STATS_max
stats data index 4 using 2 nooutput; rows = int(STATS_records); row_cells = STATS_max
key_x = ''; stats data index 3 using (key_x = strcol(4), 1) nooutput
key_y = ''; stats data index 4 using (key_y = strcol(4), 1) nooutput
stats data index 2 using 6 nooutput; shown = CELL * STATS_max + 12
wide = high(shown, low(110, 560 / columns)); tall = rows > 12 ? 26 : 36
turned = CELL * column_cells > wide - 8
TOP = TOP + (strlen(key_y) ? 24 : 0)
LEFT = 30 + CELL * row_cells; RIGHT = 24
BOTTOM = (turned ? 30 + 0.71 * CELL * column_cells : 34) + 24
W = high(WIDTH_LEAST, LEFT + RIGHT + wide * columns); H = TOP + BOTTOM + tall * rows
colour(x) = mix(BLUE, most > least ? 0.08 + 0.72 * (x - least) / (most - least) : 0.4)
unset grid; set border 0
set tics scale 0
set xrange [-0.5:columns - 0.5]; set yrange [-0.5:rows - 0.5]
if (turned) { set xtics rotate by 45 right } else { set xtics norotate }
set label 1 key_x at screen 1 - 1.0 * RIGHT / W, screen 14.0 / H right noenhanced font ',12' textcolor rgb SOFT
set label 2 key_y at screen 14.0 / W, screen 1 - (TOP - 16.0) / H left noenhanced font ',12' textcolor rgb SOFT
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 1:2:(0.48):(0.46):($5 == $5 ? colour($5) : 0xF2F2F2) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 1:2:6 with labels noenhanced textcolor rgb INK, \
       '' index 3 using 1:(NaN):xtic(3) with points, \
       '' index 4 using (NaN):1:ytic(3) with points
}
