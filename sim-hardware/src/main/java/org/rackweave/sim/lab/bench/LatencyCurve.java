package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A distribution of latencies as a line: how long the slowest one in so many takes. */
final class LatencyCurve {
    static final String X_LABEL = "one in so many is slower";
    /** From the fastest to the slowest of a thousand, ten points for each power of ten. */
    private static final int POINTS = 31;

    private static final double PER_POWER = 10;

    private LatencyCurve() {}

    /** @param unitNanos how many nanoseconds the unit of the plot has */
    static List<Plot.Point> of(Histogram nanos, double unitNanos) {
        List<Plot.Point> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            double oneIn = Math.pow(10, i / PER_POWER);
            points.add(new Plot.Point(oneIn, nanos.getValueAtPercentile(100 * (1 - 1 / oneIn)) / unitNanos, 0));
        }
        return points;
    }
}
