# dots.gp -- fifty futures: full dots reach the target, hollow ones fall short.
# Data: outcome, of 50, chance; index 3: column, row, 1 = reaches it.
W = 700; LEFT = 20; RIGHT = 20; BOTTOM = 16; H = TOP + BOTTOM + 5 * 46
unset grid; unset tics; set border 0
set xrange [-0.5:13]; set yrange [4.5:-0.5]
do for [format in FORMATS] {
  eval picture(format)
  plot data index 3 using ($3 == 1 ? $1 : NaN):2 with points pointtype 7 pointsize 2.6 linecolor rgb BLUE, \
       '' index 3 using ($3 == 0 ? $1 : NaN):2 with points pointtype 6 pointsize 2.5 linewidth 1.5 linecolor rgb SOFT, \
       '' index 1 using (10.2):($0 == 0 ? 1.6 : 2.9):(sprintf('%2.0f of 50', $2)) with labels left noenhanced font ',15' textcolor rgb INK, \
       '' index 1 using (10.2):($0 == 0 ? 2.1 : 3.4):($0 == 0 ? 'reach it' : 'fall short') with labels left noenhanced font ',12' textcolor rgb SOFT
}
