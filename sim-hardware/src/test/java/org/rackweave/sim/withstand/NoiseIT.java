package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A hundred thousand truncated, damaged and random datagrams, sent by another process's socket. */
class NoiseIT {
    private static final int DATAGRAMS = 100_000;

    /** What the receive buffer of a socket surely holds, so that the kernel loses few of them. */
    private static final int BURST = 64;

    private static final long SEED = 20_261_121;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final TrialRack rack = TrialRack.of("a", "b");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void noiseCostsNoMemoryNoDescriptorNoLogLineAndNoNeighbour() throws IOException {
        TrialProcess a = rack.launch("a");
        TrialProcess b = rack.launch("b");
        int port = a.awaitReady();
        b.awaitReady();
        Operator operator = rack.operator();
        operator.awaitNeighbours(port, 1);
        try (Noise noise = new Noise(rack.multicastPort())) {
            List<byte[]> genuine = noise.overhear(8);
            // What the first of anything costs - classes, buffers, compiled code - is no growth.
            noise.send(genuine, DATAGRAMS / 10);
            operator.counters(port);
            long residentBefore = a.residentKibibytes();
            long filesBefore = a.openFiles();
            Map<String, Long> before = operator.counters(port);
            int linesBefore = a.complained().length();

            noise.send(genuine, DATAGRAMS);

            Soon.is("a still sees b", SOON, () -> operator.nodes(port).stream()
                    .anyMatch(node -> node.name().equals("b") && node.liveness().equals("alive")));
            Map<String, Long> after = operator.counters(port);
            assertThat(rejected(after) - rejected(before))
                    .as("datagrams that were seen and not believed, of %s sent with seed %s", DATAGRAMS, SEED)
                    .isGreaterThan(DATAGRAMS / 2);
            assertThat(Arrays.asList("not_a_frame", "too_short", "too_long", "bad_seal"))
                    .allSatisfy(name -> assertThat(of(after, name)).as(name).isGreaterThan(of(before, name)));
            assertThat(a.residentKibibytes() - residentBefore)
                    .as("growth of resident memory, in KiB")
                    .isLessThan(8 * 1024);
            assertThat(a.openFiles()).isLessThanOrEqualTo(filesBefore + 1);
            assertThat(a.complained().substring(linesBefore)).hasSizeLessThan(200);
            assertThat(operator.nodes(port)).hasSize(2);
            operator.borrow(port, rack.id("b"), Duration.ofSeconds(30));
        }
    }

    /** Counts of the datagram gate only: the channel of requests has others. */
    private static long rejected(Map<String, Long> counters) {
        return List.of(
                        "too_short",
                        "too_long",
                        "not_a_frame",
                        "unknown_type",
                        "other_group_epoch",
                        "unknown_sender",
                        "bad_seal",
                        "older_boot_epoch",
                        "second_boot_key",
                        "repeated",
                        "source_too_fast",
                        "hello_too_fast")
                .stream()
                .mapToLong(name -> of(counters, name))
                .sum();
    }

    private static long of(Map<String, Long> counters, String name) {
        return counters.entrySet().stream()
                .filter(counter -> counter.getKey().endsWith(name))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** A socket that hears the rack and speaks to it. */
    private static final class Noise implements AutoCloseable {
        private final MulticastSocket socket;
        private final InetSocketAddress group;
        private final Random random = new Random(SEED);

        Noise(int port) throws IOException {
            NetworkInterface loopback = NetworkInterface.getByName("lo");
            group = new InetSocketAddress(InetAddress.getByName(TrialRack.GROUP), port);
            socket = new MulticastSocket(port);
            socket.setNetworkInterface(loopback);
            socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            socket.joinGroup(group, loopback);
            socket.setSoTimeout(20_000);
        }

        List<byte[]> overhear(int count) throws IOException {
            List<byte[]> heard = new ArrayList<>();
            while (heard.size() < count) {
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                socket.receive(packet);
                heard.add(Arrays.copyOf(packet.getData(), packet.getLength()));
            }
            return heard;
        }

        void send(List<byte[]> genuine, int count) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = next(genuine.get(random.nextInt(genuine.size())), i % 5);
                try {
                    socket.send(new DatagramPacket(bytes, bytes.length, group));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (i % BURST == 0) {
                    Thread.yield();
                }
            }
        }

        private byte[] next(byte[] genuine, int sort) {
            return switch (sort) {
                case 0 -> Arrays.copyOf(genuine, random.nextInt(genuine.length));
                case 1 -> damaged(genuine);
                case 2 -> random(1 + random.nextInt(1_400));
                case 3 -> random(1_400 + random.nextInt(7_000));
                default -> genuine;
            };
        }

        private byte[] damaged(byte[] genuine) {
            byte[] bytes = genuine.clone();
            int flips = 1 + random.nextInt(4);
            for (int i = 0; i < flips; i++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        }

        private byte[] random(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
