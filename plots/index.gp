# index.gp -- traits that an audience has more or less of than everyone; bars from zero, a line at 100.
# Data: number, trait, index, low and high of it, index as shown.
stats data index 1 using 3 nooutput; n = int(STATS_records)
stats data index 1 using 5 nooutput; most = high(STATS_max, 120)
stats data index 2 using 2 nooutput; LEFT = 30 + CELL * STATS_max
step = 26; RIGHT = 70; BOTTOM = 34
W = high(WIDTH_LEAST, LEFT + RIGHT + 380); H = TOP + BOTTOM + step * n

unset grid; set border 2
set xrange [0:most]; set yrange [n - 0.5:-0.5]
set xtics 100 * ceil(most / 800.0) scale 0 textcolor rgb SOFT
set ytics scale 0
set arrow 1 from 100, graph 0 to 100, graph 1 nohead back linewidth 1 linecolor rgb INK dashtype 2
set style textbox opaque noborder fillcolor rgb '#FFFFFF' margins 0.6,0.4
do for [format in FORMATS] {
  eval picture(format)
  plot data index 1 using (0.5 * $3):1:(0.5 * $3):(0.34):($3 >= 100 ? SKY : ORANGE):ytic(2) with boxxyerror fill solid noborder linecolor rgb variable, \
       '' index 1 using 3:1:4:5 with xerrorbars pointtype -1 linewidth 1 linecolor rgb INK, \
       '' index 1 using 5:1:6 with labels boxed left offset 0.8,0 noenhanced textcolor rgb INK
}
