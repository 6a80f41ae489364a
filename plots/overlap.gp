# overlap.gp -- of the people of a row, the share who are in the column too.
# Data: column, row, names of row and column, percent, share (-1: the audience itself), percent as shown; index 3:
# the audiences: number, cells, name.
stats data index 3 using 2 nooutput; n = int(STATS_records); cells = STATS_max
side = n > 20 ? 26 : n > 10 ? 36 : 54
tall = n > 20 ? 22 : n > 10 ? 28 : 36
LEFT = 30 + CELL * cells; RIGHT = 24
BOTTOM = 30 + 0.71 * CELL * cells
W = high(WIDTH_LEAST, LEFT + RIGHT + side * n); H = TOP + BOTTOM + tall * n

colour(x) = x < 0 ? 0xEEEEEE : mix(BLUE, 0.05 + 0.75 * x)

unset grid; set border 0
set tics scale 0
set xrange [-0.5:n - 0.5]; set yrange [n - 0.5:-0.5]
set xtics rotate by 45 right
size = n > 20 ? ',10' : ',12'
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 1:2:(0.48):(0.47):(colour($6)) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 1:2:7 with labels noenhanced font size textcolor rgb INK, \
       '' index 3 using 1:(NaN):xtic(3) with points, \
       '' index 3 using (NaN):1:ytic(3) with points
}
