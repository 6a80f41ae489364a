# crm.awk -- an invented customer file: 2,000 customers of a sports shop and all their orders of a year.
#
#   awk -f crm.awk                      writes crm.csv (a customer a line)
#   awk -v ORDERS=1 -f crm.awk          writes orders.csv (an order a line)
#
# Nobody in it exists. Five kinds of people are drawn (runners, yoga, gamers, bargain families, gift
# buyers); the kind itself is not written, so there is something to find. Orders follow the "buy till
# you die" idea: a customer orders at a rate of her own and may leave for good after each order; rates
# and amounts differ between kinds. 2 % have no age on file. The same bytes from any awk: the numbers
# come from the generator of Park and Miller (1988), seed 2026.
function unit() { state = (state * 16807) % 2147483647; return state / 2147483647 }
function yes(p) { return unit() < p ? 1 : 0 }
function between(a, b) { return a + int((b - a + 1) * unit()) }
function wait(rate) { return -log(unit()) / rate }
function gamma2(mean) { return mean * (-log(unit()) - log(unit())) / 2 }   # shape 2
function date(day,   m) { # day 0 = 2025-03-01
    for (m = 1; day >= length_of[m]; m++) day -= length_of[m]
    return sprintf("%04d-%02d-%02d", 2025 + (m > 10), (m + 1) % 12 + 1, day + 1)
}
function pick_state(list,   n, s) { n = split(list, s, " "); return s[between(1, n)] }

BEGIN {
    state = 2026
    split("31 30 31 30 31 31 30 31 30 31 31 28", length_of, " ") # from March on
    DAYS = 365
    #     share, ages, women, states, rate a day, P(leaves after an order), mean order
    kind[1] = "0.22 25 44 0.48 CA,CA,CO,WA,OR,NY 0.0140 0.06 62"
    kind[2] = "0.20 28 59 0.93 CA,NY,MA,WA,IL,NJ 0.0100 0.10 74"
    kind[3] = "0.18 18 29 0.24 TX,FL,CA,OH,GA,PA 0.0040 0.45 34"
    kind[4] = "0.25 33 54 0.60 TX,OH,FL,MI,GA,PA 0.0075 0.15 27"
    kind[5] = "0.15 58 81 0.55 FL,AZ,PA,OH,NC,MI 0.0015 0.40 108"
    #     running fitness yoga gaming cooking coupons
    likes[1] = "0.86 0.72 0.18 0.16 0.30 0.22"
    likes[2] = "0.22 0.45 0.88 0.06 0.48 0.20"
    likes[3] = "0.14 0.30 0.06 0.87 0.14 0.34"
    likes[4] = "0.10 0.18 0.09 0.16 0.70 0.83"
    likes[5] = "0.05 0.12 0.12 0.04 0.55 0.30"
    print ORDERS ? "customer,date,amount" \
        : "id,age,sex,state,running,fitness,yoga,gaming,cooking,coupons,recency,frequency,monetary"
    for (i = 1; i <= 2000; i++) customer(sprintf("C%04d", i))
}

function customer(id,   u, k, t, like, age, sex, where, row, j, day, rate, n, sum, last, amount) {
    u = unit()
    for (k = 1; k < 5; k++) {
        split(kind[k], t, " ")
        if (u < t[1]) break
        u -= t[1]
    }
    split(kind[k], t, " ")
    split(likes[k], like, " ")
    age = between(t[2], t[3])
    sex = yes(t[4]) ? "female" : "male"
    gsub(",", " ", t[5])
    where = pick_state(t[5])
    row = id "," (yes(0.02) ? "" : age) "," sex "," where
    for (j = 1; j <= 6; j++) row = row "," yes(like[j])
    rate = gamma2(t[6])
    day = DAYS * 0.92 * unit() # her first order
    for (n = sum = 0; day < DAYS; day += wait(rate)) {
        amount = int(100 * (6 + gamma2(t[8] - 6)) + 0.5) / 100
        n++
        sum += amount
        last = int(day)
        if (ORDERS) printf "%s,%s,%.2f\n", id, date(last), amount
        if (yes(t[7])) break
    }
    if (!ORDERS) printf "%s,%d,%d,%.2f\n", row, DAYS - last, n, sum
}
