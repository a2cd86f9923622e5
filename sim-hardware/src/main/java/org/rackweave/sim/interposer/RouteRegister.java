package org.rackweave.sim.interposer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.Route;

/**
 * What the simulated hardware remembers of one slice: {@code bound HOST EPOCH} or {@code unbound EPOCH}, one line that is
 * padded with spaces to {@value #LENGTH_BYTES} bytes. The file never changes its length or its place: one write within one
 * sector is all there or not at all, and costs one sync, as a register of a switch costs one command. (A new file and a
 * rename would cost two syncs and the file system's journal, twenty times as long, and every grant would wait for it.)
 *
 * @param route where the slice is routed
 * @param fencedEpoch the newest epoch that the hardware was told; an unbound slice is bound only with a newer one, so that
 *     a bind that was overtaken by its own unbind comes to nothing
 */
record RouteRegister(Route route, long fencedEpoch) {
    /** Half of the smallest sector of a disk. */
    private static final int LENGTH_BYTES = 256;

    private static final Pattern LINE =
            Pattern.compile("(?:bound (?<host>\\S{1,128})|unbound) (?<epoch>[0-9]{1,18}) *\n");

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

    /** Makes the file; the slice was never bound. */
    static void create(Path file) throws IOException {
        DurableText.replace(file, unbound(0).text());
    }

    /** Returns when it is on the disk. */
    void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8));
            if (channel.write(bytes, 0) != LENGTH_BYTES) {
                throw new IOException(file + " was written in part");
            }
            channel.force(false);
        }
    }

    private String text() {
        String line = route instanceof Route.Bound bound
                ? "bound " + bound.host() + " " + fencedEpoch
                : "unbound " + fencedEpoch;
        return line + " ".repeat(LENGTH_BYTES - 1 - line.length()) + "\n";
    }
}
