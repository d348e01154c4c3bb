/* flags: -finstrument-functions -O2 -lm */
/* Arithmetic across instrumented calls and recorded ones, with another rounding: arguments, results and modes must stay. */
#include <fenv.h>
#include <math.h>

#include "tally.h"

typedef double four __attribute__((vector_size(32)));
struct both { double d; long i; };

__attribute__((noinline)) double mix(double a, float b, long double c, int d, double e, double f, double g, double h, double i)
{
	return a * b - (double)c / d + e * f - g * h + i;
}
__attribute__((noinline)) struct both pair(long i, double d) { return (struct both){d / 3, i * 3}; }
__attribute__((noinline)) long double wide(long double x) { return x / 3.0L; }
__attribute__((noinline)) void add(four *to, const four *what) { *to += *what; }

__attribute__((no_instrument_function)) int main(void)
{
	static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
	for (int m = 0; m < 4; m++) {
		fesetround(modes[m]);
		feclearexcept(FE_ALL_EXCEPT);
		double sum = 0;
		four v = {0.1, 0.2, 0.3, 0.4}, all = {0};
		for (int i = 1; i < 1000; i++) {
			double x = sqrt(i);
			struct both p = pair(i, x);
			sum += mix(x, 1.5f, 2.5L, i, p.d, (double)p.i, (double)wide(x), 4, 5);
			free(malloc((size_t)i));
			add(&all, &v);
		}
		char line[200];
		int n = snprintf(line, sizeof line, "%a %a %a %d %d\n", sum, all[0], all[3], fegetround() == modes[m], fetestexcept(FE_ALL_EXCEPT));
		if (write(1, line, (size_t)n) != n)
			return 1;
	}
}
