# tornado.gp -- the answer when one value is low (orange) or high (blue), about the base.
# Data: number, key, low, high, answer at low, at high, origin, both as shown; index 3: the axis; 4: the base.
base = 0; stats data index 4 using (base = $1, 1) nooutput
stats data index 1 using (low($5, $6)) nooutput; n = int(STATS_records); least = low(STATS_min, base)
stats data index 1 using (high($5, $6)) nooutput; most = high(STATS_max, base)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
stats data index 2 using (high($8, $9)) nooutput; label = 16 + CELL * STATS_max
RIGHT = 20; BOTTOM = 40; W = high(WIDTH_LEAST, LEFT + 2 * label + 320); H = TOP + BOTTOM + 30 * n
inside = 1.0 * W - LEFT - RIGHT
scale = (most > least ? most - least : 1) / (inside - 2 * label)      # units of the answer in a pixel
set xrange [least - label * scale:most + label * scale]; set yrange [n - 0.5:-0.5]
set grid xtics noytics; set border 0
set ytics scale 0
set arrow 1 from base, graph 0 to base, graph 1 nohead front linewidth 1.5 linecolor rgb INK
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * (base + $5)):1:(0.5 * abs(base - $5)):(0.34) with boxxyerror fill solid noborder linecolor rgb ORANGE, \
       '' index 1 using (0.5 * (base + $6)):1:(0.5 * abs(base - $6)):(0.34) with boxxyerror fill solid noborder linecolor rgb BLUE, \
       '' index 1 using (low(base, low($5, $6))):1:($5 < $6 ? strcol(8) : strcol(9)) with labels right offset -0.6,0 noenhanced font ',12' textcolor rgb INK, \
       '' index 1 using (high(base, high($5, $6))):1:($5 < $6 ? strcol(9) : strcol(8)) with labels left offset 0.6,0 noenhanced font ',12' textcolor rgb INK, \
       '' index 3 using ($1 >= least - label * scale && $1 <= most + label * scale ? $1 : NaN):(NaN):xtic(2) with points, \
       '' index 1 using (NaN):1:ytic(2) with points
}
