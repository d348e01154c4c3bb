# needs: rustc=rustc
# slow
printf 'use std::thread; use std::collections::HashMap;\nfn main() { let h: Vec<_> = (0..4).map(|i| thread::spawn(move || { let mut m = HashMap::new(); for k in 0..1000 { m.insert(k, k * i); } m.len() })).collect();\n let n: usize = h.into_iter().map(|t| t.join().unwrap()).sum(); println!("{}", n); std::process::exit(3) }\n' >x.rs
rustc -O x.rs -o x && ./x
echo "$?"
