package org.rackweave.sim.interposer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.Route;

/**
 * What the simulated hardware remembers of one slice: {@code bound HOST EPOCH} or {@code unbound EPOCH}, one line.
 *
 * @param route where the slice is routed
 * @param fencedEpoch the newest epoch that the hardware was told; an unbound slice is bound only with a newer one, so that
 *     a bind that was overtaken by its own unbind comes to nothing
 */
record RouteRegister(Route route, long fencedEpoch) {
    private static final Pattern LINE =
            Pattern.compile("(?:bound (?<host>\\S{1,128})|unbound) (?<epoch>[0-9]{1,18})\n");

    RouteRegister {
        Objects.requireNonNull(route);
        if (fencedEpoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative: " + fencedEpoch);
        }
    }

    static RouteRegister bound(String host, long epoch) {
        return new RouteRegister(new Route.Bound(host, epoch), epoch);
    }

    static RouteRegister unbound(long fencedEpoch) {
        return new RouteRegister(new Route.Unbound(fencedEpoch), fencedEpoch);
    }

    static RouteRegister read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.UTF_8));
    }

    static RouteRegister parse(String text) throws IOException {
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            throw new IOException("not a route: " + text.strip());
        }
        long epoch = Long.parseLong(matcher.group("epoch"));
        String host = matcher.group("host");
        return host == null ? unbound(epoch) : bound(host, epoch);
    }

    void write(Path file) throws IOException {
        DurableText.replace(file, text());
    }

    private String text() {
        return route instanceof Route.Bound bound
                ? "bound " + bound.host() + " " + fencedEpoch + "\n"
                : "unbound " + fencedEpoch + "\n";
    }
}
