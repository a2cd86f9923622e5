package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.OuterFrame;

/**
 * What a live rack says is what PROTOCOL.md says: a Python program made from that document believes every datagram of its
 * daemons, and reads every answer that libcoap's client fetched from one.
 */
@Tag("tools")
class PythonReadsRackIT {
    private static final Path PYTHON = Path.of("../multicast-protocol/src/test/python/rackweave_protocol.py");
    private static final Duration TERM = Duration.ofSeconds(30);
    private static final int HELLO = 1;
    private static final int ANNOUNCE = 2;
    private static final int LEAVE = 3;
    private static final List<String> PATHS = List.of(
            "node",
            "slices",
            "slices?kind=memory",
            "nodes",
            "leases",
            "loans",
            "wants",
            "demand",
            "counters",
            "events?after=0",
            "audit?after=0");

    private final TrialRack rack = TrialRack.of("a", "b");
    private final Operator operator = rack.operator();
    private final Path files = rack.scratch("python");
    private final Path errors = files.resolve("errors");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void everyDatagramOfItsDaemonsIsBelievedAndEveryAnswerIsRead() throws Exception {
        List<String> lines = new ArrayList<>();
        try (MulticastSocket socket = listen()) {
            TrialProcess a = rack.launch("a");
            TrialProcess b = rack.launch("b");
            int port = a.awaitReady();
            b.awaitReady();
            operator.awaitNeighbours(port, 1);
            operator.borrow(port, rack.id("b"), TERM);
            for (String path : PATHS) {
                lines.add("answer " + HexFormat.of().formatHex(fetched(port, path)));
            }
            b.terminate();
            List<Integer> types = new ArrayList<>();
            while (!types.contains(LEAVE)) {
                byte[] datagram = next(socket);
                types.add(typeOf(datagram));
                lines.add("datagram " + HexFormat.of().formatHex(datagram));
            }
            assertThat(types).contains(HELLO, ANNOUNCE, LEAVE);
        }

        assertThat(verdicts(lines)).hasSameSizeAs(lines).containsOnly("accepted");
    }

    private MulticastSocket listen() throws IOException {
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        MulticastSocket socket = new MulticastSocket(rack.multicastPort());
        socket.setNetworkInterface(loopback);
        socket.joinGroup(new InetSocketAddress(InetAddress.getByName(TrialRack.GROUP), rack.multicastPort()), loopback);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] next(MulticastSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static int typeOf(byte[] datagram) {
        return OuterFrame.parse(datagram, datagram.length).fold(OuterFrame::messageType, reason -> {
            throw new AssertionError("a daemon sent what is no datagram: " + reason);
        });
    }

    private byte[] fetched(int port, String path) throws Exception {
        Path identity = rack.identity("operator");
        Path body = files.resolve("body");
        Files.deleteIfExists(body);
        run(
                "libcoap3-bin",
                "coap-client-openssl",
                "-m",
                "get",
                "-o",
                body.toString(),
                "-c",
                identity.resolve("node.cert.pem").toString(),
                "-j",
                identity.resolve("node.key.pem").toString(),
                "-C",
                identity.resolve("ca.cert.pem").toString(),
                "coaps://127.0.0.1:" + port + "/rw/v1/" + path);
        assertThat(body)
                .as("the answer to %s: %s", path, Files.readString(errors))
                .isNotEmptyFile();
        return Files.readAllBytes(body);
    }

    private List<String> verdicts(List<String> lines) throws Exception {
        Path input = files.resolve("lines");
        Files.write(input, lines, StandardCharsets.US_ASCII);
        Matcher groupKey = Pattern.compile("number (\\d+)\\s+key ([0-9a-f]+)")
                .matcher(Files.readString(rack.identity("a").resolve("group.key")));
        assertThat(groupKey.find()).isTrue();
        String root = rack.identity("a").resolve("ca.cert.pem").toString();
        return run(
                        "python3-cbor2 and python3-cryptography",
                        "/usr/bin/python3",
                        "-B",
                        PYTHON.toString(),
                        "--group-key",
                        groupKey.group(1) + ":" + groupKey.group(2),
                        "--root",
                        root,
                        "lines",
                        input.toString())
                .lines()
                .toList();
    }

    private String run(String debianPackages, String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command[0]).isTrue();
            assertThat(process.exitValue())
                    .as("%s (Debian: %s): %s", command[0], debianPackages, Files.readString(errors))
                    .isZero();
            return output;
        } catch (IOException absent) {
            throw new AssertionError(
                    command[0] + " cannot be run: install the Debian packages " + debianPackages
                            + ", or leave out -Ptools",
                    absent);
        }
    }
}
