# draw.gp -- several figures in one go: gnuplot -c draw.gp FOLDER FIGURE..., where a FIGURE is a name, or a name
# and the one format that is wanted: 'reach', 'reach pdf'. Says of each when it is done.
cd ARG1
array todo[ARGC - 1]
do for [k = 1:ARGC - 1] { todo[k] = ARGV[k + 1] }
do for [k = 1:|todo|] {
  reset
  undefine only
  if (words(todo[k]) > 1) { only = word(todo[k], 2) }
  load word(todo[k], 1).'.gp'
  set output
  print 'drawn '.word(todo[k], 1)
}
