# style.gp -- the house style of all figures. Scripts find in `name` the name of their files, and after
# this: TITLE1, TITLE2, NOTE (the first rows of the data), TOP (pixels they take), colours, picture().

set encoding utf8
set datafile separator "\t"
set datafile missing 'NaN'
data = name.'.dat'     # png_data: the same, or with ? for letters that no font has
id = name; do for [k = 1:strlen(name)] { if (name[k:k] eq '-') { id = id[1:k-1].'_'.id[k+1:*] } }

# Okabe and Ito's colours: told apart by everyone.
BLUE = 0x0072B2; SKY = 0x56B4E9; GREEN = 0x009E73; YELLOW = 0xF0E442
ORANGE = 0xE69F00; RED = 0xD55E00; PURPLE = 0xCC79A7; BLACK = 0x000000
GREY = 0xB4B4B4
INK = '#222222'; SOFT = '#666666'; FAINT = '#E4E4E4'

# An ad set has the same colour everywhere, by its order in the scenario; beyond eight another dash.
array OKABE[8] = [0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0xCC79A7, 0x56B4E9, 0xF0E442, 0x000000]
colour_of(k) = OKABE[int(k) % 8 + 1]
dash_of(k) = int(k) / 8 % 5 + 1

# c mixed with white: 0 = white, 1 = c.
mix(c, t) = (int(255 - t * (255 - (c / 65536) % 256)) * 65536) + \
            (int(255 - t * (255 - (c / 256) % 256)) * 256) + int(255 - t * (255 - c % 256))
# A whole number as people read it: 12,000. Four to eight steps of an axis: 1, 2 or 5 times a power of ten.
commas(x) = x < 1000 ? sprintf('%.0f', x) : commas(floor(x / 1000)).sprintf(',%03.0f', x - 1000 * floor(x / 1000))
power_of(x) = x > 0 ? 10.0 ** floor(log10(x)) : 1
step_of(x) = x < 2 * power_of(x) ? 0.5 * power_of(x) : x < 5 * power_of(x) ? power_of(x) : 2 * power_of(x)
low(a, b) = a < b ? a : b
high(a, b) = a > b ? a : b

set border 3 linecolor rgb '#888888'
set tics nomirror out scale 0.4 textcolor rgb INK
set grid noxtics ytics linecolor rgb FAINT linewidth 1 linetype 1
unset key

# The first rows of the data; both files have them.
read_head = "TITLE1 = ''; TITLE2 = ''; NOTE = ''; ".\
  "stats data index 0 every ::0::0 using (TITLE1 = strcol(1), 1) nooutput; ".\
  "stats data index 0 every ::1::1 using (TITLE2 = strcol(1), 1) nooutput; ".\
  "stats data index 0 every ::2::2 using (NOTE = strcol(1), 1) nooutput"
@read_head
TOP = 62 + (strlen(TITLE2) ? 20 : 0)     # pixels above the picture
NOTE_AT = TOP - 22.0
CELL = 8.4                               # pixels of a cell of text
WIDTH_LEAST = 700                        # room for the title

# The picture in pixels: its size, and the room beside what is drawn.
W = 700; H = 400; LEFT = 60; RIGHT = 30; BOTTOM = 40
place = "set lmargin at screen 1.0*LEFT/W; set rmargin at screen 1-1.0*RIGHT/W; ".\
        "set tmargin at screen 1-1.0*TOP/H; set bmargin at screen 1.0*BOTTOM/H; ".\
        "set label 901 TITLE1 at screen 14.0/W, screen 1-18.0/H left noenhanced font ',15' textcolor rgb INK; ".\
        "set label 902 TITLE2 at screen 14.0/W, screen 1-40.0/H left noenhanced font ',15' textcolor rgb INK; ".\
        "set label 903 NOTE at screen 14.0/W, screen 1-NOTE_AT/H left noenhanced font ',11' textcolor rgb SOFT"

# The files of a figure: for each format `eval picture(format)`, then plot. Bitmaps and PDF need letters of a
# font, an SVG does not.
FORMATS = exists('only') ? only : 'svg png'
fonted = "data = png_data; ".read_head."; "
to_svg = "set terminal svg size W,H dynamic name id background '#FFFFFF' font 'sans-serif,13' noenhanced; "
to_png = fonted."set terminal pngcairo size 2*W,2*H fontscale 1.72 linewidth 2 pointscale 2 background '#FFFFFF' font 'Sans,13' noenhanced; "
to_pdf = fonted."set terminal pdfcairo size W/96.0,H/96.0 fontscale 0.65 background '#FFFFFF' font 'Sans,13' noenhanced; "
picture(format) = (format eq 'svg' ? to_svg : format eq 'png' ? to_png : to_pdf). \
                  "set output '".name.".".format."'; ".place
