# heat.gp -- age by place: the share of the audience in words, the index in colour and below.
# Data: age, place, names of both, share, index, 1 = too few to tell, share and index as shown; index 3, 4: the
# ages and the places: number, cells, label.
stats data index 3 using 2 nooutput; ages = int(STATS_records); age_cells = STATS_max
stats data index 4 using 2 nooutput; places = int(STATS_records); place_cells = STATS_max
wide = high(64, low(110, 560 / ages)); tall = places > 12 ? 34 : 44
turned = CELL * age_cells > wide - 8
LEFT = 30 + CELL * place_cells; RIGHT = 24
BOTTOM = turned ? 30 + 0.71 * CELL * age_cells : 34
W = high(WIDTH_LEAST, LEFT + RIGHT + wide * ages); H = TOP + BOTTOM + tall * places

# Twice as usual: all blue; half: all red.
part(x) = high(-1, low(1, log(high(x, 1)) / log(2) - log(100) / log(2)))
colour(x, few) = few == 1 || x == 0 ? 0xF2F2F2 : part(x) >= 0 ? mix(BLUE, 0.62 * part(x)) : mix(RED, -0.62 * part(x))

unset grid; set border 0
set tics scale 0
set xrange [-0.5:ages - 0.5]; set yrange [places - 0.5:-0.5]
if (turned) { set xtics rotate by 45 right } else { set xtics norotate }
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using 1:2:(0.48):(0.47):(colour($6, $7)) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 1:2:8 with labels offset 0,0.5 noenhanced textcolor rgb INK, \
       '' index 1 using 1:2:9 with labels offset 0,-0.6 noenhanced font ',11' textcolor rgb '#333333', \
       '' index 3 using 1:(NaN):xtic(3) with points, \
       '' index 4 using (NaN):1:ytic(3) with points
}
