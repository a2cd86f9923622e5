package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.rackweave.sim.lab.LabFailure;

/**
 * A plot as SVG: lines, points with intervals, a legend at the right. It is readable on a light and on a dark page, as the
 * reader's own preference says. The same series give the same bytes.
 */
final class Plot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 440;
    private static final int LEFT = 64;
    private static final int RIGHT = 220;
    private static final int TOP = 44;
    private static final int BOTTOM = 56;
    private static final int LEGEND_STEP = 22;
    private static final int TICKS = 7;
    private static final int SERIES = 10;
    /** Between the outermost point and the frame, as a part of the range. */
    private static final double MARGIN = 0.04;

    private static final String STYLE = """
            <style>
              .page { fill: #ffffff; } text { fill: #1f2328; font: 13px system-ui, sans-serif; } .title { font-size: 15px; font-weight: 600; }
              .grid { stroke: #d0d7de; stroke-width: 1; } .frame { stroke: #59636e; stroke-width: 1; fill: none; }
              .s { stroke-width: 2; fill: none; } .p { stroke-width: 1.5; }
              .c0 { stroke: #8c6d00; color: #8c6d00; } .c1 { stroke: #0969da; color: #0969da; } .c2 { stroke: #bc4c00; color: #bc4c00; }
              .c3 { stroke: #1a7f37; color: #1a7f37; } .c4 { stroke: #8250df; color: #8250df; } .c5 { stroke: #cf222e; color: #cf222e; }
              .c6 { stroke: #57606a; color: #57606a; } .c7 { stroke: #1b7c83; color: #1b7c83; } .c8 { stroke: #bf3989; color: #bf3989; }
              .c9 { stroke: #4d5a00; color: #4d5a00; } .p, .p * { fill: currentColor; } .dashed { stroke-dasharray: 7 5; }
              @media (prefers-color-scheme: dark) {
                .page { fill: #0d1117; } text { fill: #e6edf3; } .grid { stroke: #30363d; } .frame { stroke: #9198a1; }
                .c0 { stroke: #d4a72c; color: #d4a72c; } .c1 { stroke: #58a6ff; color: #58a6ff; } .c2 { stroke: #f0883e; color: #f0883e; }
                .c3 { stroke: #3fb950; color: #3fb950; } .c4 { stroke: #bc8cff; color: #bc8cff; } .c5 { stroke: #ff7b72; color: #ff7b72; }
                .c6 { stroke: #b1bac4; color: #b1bac4; } .c7 { stroke: #56d4dd; color: #56d4dd; } .c8 { stroke: #f778ba; color: #f778ba; }
                .c9 { stroke: #c0d04d; color: #c0d04d; }
              }
            </style>
            """;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Series> series = new ArrayList<>();
    private Scale xScale = Scale.LINEAR;
    private Scale yScale = Scale.LINEAR;

    /**
     * One value.
     *
     * @param half the half width of its interval in y; 0 for none
     */
    record Point(double x, double y, double half) {}

    /** How an axis counts. */
    enum Scale {
        LINEAR,
        /** By powers of ten; every value is above 0. */
        LOGARITHMIC
    }

    private enum Mark {
        LINE,
        POINTS,
        LEVEL
    }

    private record Series(String name, Mark mark, List<Point> points) {}

    /** Where a value lies on the page. */
    private record Axis(double from, double to, Scale scale, double pixelFrom, double pixelTo) {
        double at(double value) {
            return pixelFrom + (of(value) - of(from)) / (of(to) - of(from)) * (pixelTo - pixelFrom);
        }

        private double of(double value) {
            return scale == Scale.LOGARITHMIC ? Math.log10(value) : value;
        }

        /** Round values: 1, 2 or 5 times a power of ten apart. */
        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (scale == Scale.LOGARITHMIC) {
                for (double tick = Math.pow(10, Math.floor(Math.log10(from))); tick <= to * 1.0001; tick *= 10) {
                    if (tick >= from * 0.9999) {
                        ticks.add(tick);
                    }
                }
                return ticks;
            }
            double raw = (to - from) / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(raw)));
            double step = DoubleStream.of(1, 2, 5, 10)
                    .map(factor -> factor * power)
                    .filter(candidate -> candidate >= raw * 0.999)
                    .findFirst()
                    .orElse(10 * power);
            for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
                ticks.add(i * step);
            }
            return ticks;
        }
    }

    Plot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Points joined by a line, those with an interval marked. */
    Plot line(String name, List<Point> points) {
        return add(name, Mark.LINE, points);
    }

    /** Points by themselves. */
    Plot points(String name, List<Point> points) {
        return add(name, Mark.POINTS, points);
    }

    /** A dashed line across, for a goal or a bound. */
    Plot level(String name, double y) {
        return add(name, Mark.LEVEL, List.of(new Point(Double.NaN, y, 0)));
    }

    Plot scale(Scale scale) {
        xScale = scale;
        return this;
    }

    Plot yScale(Scale scale) {
        yScale = scale;
        return this;
    }

    private Plot add(String name, Mark mark, List<Point> points) {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("the series '" + name + "' has no points");
        }
        series.add(new Series(name, mark, List.copyOf(points)));
        return this;
    }

    void write(Path file) throws LabFailure {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, svg(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new LabFailure("cannot write the plot " + file + ": " + failed.getMessage(), failed);
        }
    }

    String svg() {
        Axis x = axis(xs(), xScale, LEFT, WIDTH - RIGHT);
        Axis y = axis(ys(), yScale, HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        put(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT);
        put(svg, "<title>%s</title>%n", escaped(title));
        svg.append(STYLE);
        put(svg, "<rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"6\"/>%n", WIDTH, HEIGHT);
        grid(svg, x, y);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), "c" + i % SERIES, x, y);
            legend(svg, series.get(i), "c" + i % SERIES, TOP + 10 + i * LEGEND_STEP);
        }
        return svg.append("</svg>\n").toString();
    }

    private List<Double> xs() {
        return series.stream()
                .flatMap(one -> one.points().stream())
                .map(Point::x)
                .filter(value -> !value.isNaN())
                .toList();
    }

    private List<Double> ys() {
        return series.stream()
                .flatMap(one -> one.points().stream())
                .flatMap(point -> List.of(point.y() - point.half(), point.y() + point.half()).stream())
                .toList();
    }

    private static Axis axis(List<Double> values, Scale scale, double pixelFrom, double pixelTo) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        if (scale == Scale.LOGARITHMIC) {
            return new Axis(low * 0.9, high * 1.1, scale, pixelFrom, pixelTo);
        }
        double margin = high > low ? (high - low) * MARGIN : Math.max(1, Math.abs(high)) * MARGIN;
        return new Axis(low - margin, high + margin, scale, pixelFrom, pixelTo);
    }

    private void grid(StringBuilder svg, Axis x, Axis y) {
        for (double tick : y.ticks()) {
            put(svg, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y.at(tick), WIDTH - RIGHT);
            put(
                    svg,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT - 8,
                    y.at(tick) + 4,
                    number(tick));
        }
        for (double tick : x.ticks()) {
            put(svg, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>", x.at(tick), TOP, HEIGHT - BOTTOM);
            put(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x.at(tick),
                    HEIGHT - BOTTOM + 20,
                    number(tick));
        }
        put(svg, "<path class=\"frame\" d=\"M%d %dV%dH%d\"/>%n", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
        put(svg, "<text class=\"title\" x=\"%d\" y=\"26\">%s</text>%n", LEFT, escaped(title));
        double middle = (LEFT + WIDTH - RIGHT) / 2.0;
        put(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", middle, HEIGHT - 14, escaped(xLabel));
        put(
                svg,
                "<text transform=\"translate(18 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                (TOP + HEIGHT - BOTTOM) / 2.0,
                escaped(yLabel));
    }

    private static void draw(StringBuilder svg, Series one, String colour, Axis x, Axis y) {
        if (one.mark() == Mark.LEVEL) {
            double at = y.at(one.points().get(0).y());
            put(svg, "<path class=\"s dashed %s\" d=\"M%d %.1fH%d\"/>%n", colour, LEFT, at, WIDTH - RIGHT);
            return;
        }
        if (one.mark() == Mark.LINE) {
            StringBuilder path = new StringBuilder();
            one.points()
                    .forEach(point ->
                            put(path, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x.at(point.x()), y.at(point.y())));
            put(svg, "<path class=\"s %s\" d=\"%s\"/>%n", colour, path);
        }
        DoubleUnaryOperator height = y::at;
        for (Point point : one.points()) {
            if (point.half() > 0 || one.mark() == Mark.POINTS) {
                point(svg, point, colour, x.at(point.x()), height);
            }
        }
    }

    private static void point(StringBuilder svg, Point point, String colour, double at, DoubleUnaryOperator height) {
        put(
                svg,
                "<circle class=\"p %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>",
                colour,
                at,
                height.applyAsDouble(point.y()));
        double high = height.applyAsDouble(point.y() + point.half());
        double low = height.applyAsDouble(point.y() - point.half());
        put(
                svg,
                "<path class=\"p %s\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8\"/>%n",
                colour,
                at,
                high,
                low,
                at - 4,
                high,
                at - 4,
                low);
    }

    private static void legend(StringBuilder svg, Series one, String colour, int at) {
        int x = WIDTH - RIGHT + 16;
        if (one.mark() == Mark.POINTS) {
            put(svg, "<circle class=\"p %s\" cx=\"%d\" cy=\"%d\" r=\"3.5\"/>", colour, x + 11, at);
        } else {
            String dashed = one.mark() == Mark.LEVEL ? " dashed" : "";
            put(svg, "<path class=\"s%s %s\" d=\"M%d %dh22\"/>", dashed, colour, x, at);
        }
        put(svg, "<text x=\"%d\" y=\"%d\">%s</text>%n", x + 30, at + 4, escaped(one.name()));
    }

    /** At most three digits after the point, and no zeros that say nothing. */
    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "").replaceAll("^-0$", "0");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void put(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
