# needs: ruby=ruby
# slow
ruby -e 'q = Queue.new; 8.times.map { |i| Thread.new { q << (1..2000).map { |x| "#{x}" * 3 }.join.hash.zero? } }.each(&:join); puts q.size
  puts `echo sub`; pid = fork { exit! 4 }; Process.wait pid; puts $?.exitstatus; GC.start; puts (1..20000).map { |x| x.to_s }.sort.last
  r, w = IO.pipe; w << "through"; w.close; puts r.read; spawn("sh", "-c", "exit 3"); Process.wait; puts $?.exitstatus; raise "ends"'
echo "$?"
