package org.rackweave.sim.lab.bench;

import java.util.List;
import java.util.Locale;

/**
 * A mean and its 95 % interval, by Student's t: mean − half to mean + half.
 *
 * @param mean of the samples
 * @param half the half width; 0 for a single sample, which has no interval
 */
record Interval(double mean, double half) {
    /** The 0.975 quantile of Student's t for 1 to 30 degrees of freedom. */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    /** For more than 30 degrees of freedom: that of 30, which is a little too wide. */
    private static double quantile(int freedom) {
        return T[Math.min(freedom, T.length) - 1];
    }

    static Interval of(List<Double> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("no samples, no mean");
        }
        int count = samples.size();
        double mean = samples.stream().mapToDouble(Double::doubleValue).sum() / count;
        if (count == 1) {
            return new Interval(mean, 0);
        }
        double squares = samples.stream()
                .mapToDouble(sample -> (sample - mean) * (sample - mean))
                .sum();
        return new Interval(mean, quantile(count - 1) * Math.sqrt(squares / (count - 1) / count));
    }

    double low() {
        return mean - half;
    }

    double high() {
        return mean + half;
    }

    String text() {
        return String.format(Locale.ROOT, "%.2f..%.2f", low(), high());
    }
}
