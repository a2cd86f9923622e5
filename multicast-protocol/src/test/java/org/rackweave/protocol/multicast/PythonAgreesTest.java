package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.CommandCodec;
import org.rackweave.protocol.message.Decoded;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Route;

/** A decoder in another language, made from PROTOCOL.md and rackweave.cddl, gives the same verdicts as this one. */
@Tag("tools")
@Timeout(300)
class PythonAgreesTest {
    private static final long SEED = 20_261_106;
    private static final int MUTATIONS_OF_EACH = 100;
    private static final String GROUP_KEY = "5a".repeat(32);
    private static final String BODIES = "/org/rackweave/protocol/message/";
    private static final Path PYTHON = Path.of("src/test/python");

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final GroupKey groupKey = GroupKey.of(3, HexFormat.of().parseHex(GROUP_KEY));
    private RackAuthority rack;
    private TestMember self;
    private TestMember a;
    private TestMember b;

    /** A message, what it is for the Python program, and whether Java believes it. */
    private record Judged(String what, byte[] bytes, boolean accepted) {
        String line() {
            return what + " " + HexFormat.of().formatHex(bytes);
        }
    }

    @BeforeEach
    void makeRack() {
        rack = TestMember.rack(directory.resolve("ca"));
        self = TestMember.node(rack, directory.resolve("self"), groupKey);
        a = TestMember.node(rack, directory.resolve("a"), groupKey);
        b = TestMember.node(rack, directory.resolve("b"), groupKey);
    }

    // ---- goldens ---------------------------------------------------------------------------------------------------

    @Test
    void on_every_golden_byte_by_byte() throws Exception {
        String said = python(PYTHON.resolve("check_goldens.py").toString());

        assertThat(said.lines()).hasSizeGreaterThan(100).allMatch(line -> line.startsWith("agrees "));
    }

    @Test
    void on_payloads_that_were_changed() throws Exception {
        List<Judged> all = new ArrayList<>();
        for (String name :
                List.of("announce", "announce-later", "announce-smallest", "announce-group-key", "hello", "leave")) {
            byte[] golden = Golden.read(name + "-v1.txt");
            Payload.Type type =
                    Payload.Type.valueOf(name.replaceFirst("-.*", "").toUpperCase(java.util.Locale.ROOT));
            for (byte[] bytes : MutatedCbor.of(golden, 5 * MUTATIONS_OF_EACH, random)) {
                boolean accepted = PayloadCodec.decode(type, bytes) instanceof PayloadDecoding.Decoded;
                all.add(new Judged(name.replaceFirst("-.*", ""), bytes, accepted));
            }
        }
        requireSameVerdicts(all);
    }

    @Test
    void on_commands_that_were_changed() throws Exception {
        List<Judged> all = new ArrayList<>();
        for (Map.Entry<String, byte[]> golden : sections("commands-v1.txt")) {
            Route route = Route.valueOf(golden.getKey());
            String name =
                    route == Route.END_QUARANTINE ? "cxl0.ld3" : route == Route.ORDER_DONE ? "3" : "0f".repeat(16);
            for (byte[] bytes : MutatedCbor.of(golden.getValue(), MUTATIONS_OF_EACH, random)) {
                Decoded<?> decoded = CommandCodec.decode(route, name, List.of(), bytes);
                all.add(new Judged("command/" + golden.getKey(), bytes, decoded instanceof Decoded.Accepted));
            }
        }
        requireSameVerdicts(all);
    }

    @Test
    void on_answers_that_were_changed() throws Exception {
        List<Judged> all = new ArrayList<>();
        for (Map.Entry<String, byte[]> golden : sections("answers-v1.txt")) {
            for (byte[] bytes : MutatedCbor.of(golden.getValue(), MUTATIONS_OF_EACH, random)) {
                Decoded<?> decoded = AnswerCodec.decode(bytes, RefusalCode.INVALID);
                all.add(new Judged("answer", bytes, decoded instanceof Decoded.Accepted));
            }
        }
        requireSameVerdicts(all);
    }

    // ---- datagrams -------------------------------------------------------------------------------------------------

    @Test
    void on_datagrams_of_a_known_sender_that_were_changed() throws Exception {
        byte[] hello = a.hello();
        List<Judged> all = new ArrayList<>(List.of(new Judged("first-datagram", hello, true)));
        for (byte[] good : List.of(a.announce(), a.leave(), a.hello())) {
            all.add(judgedAfter(hello, good));
            for (int i = 0; i < MUTATIONS_OF_EACH; i++) {
                all.add(judgedAfter(hello, Damage.of(good, random)));
            }
            for (byte[] bytes : MutatedCbor.of(Arrays.copyOfRange(good, 1, good.length), MUTATIONS_OF_EACH, random)) {
                all.add(judgedAfter(hello, tagged(bytes)));
            }
        }
        for (byte[] payload : MutatedCbor.of(PayloadCodec.encode(a.announcePayload()), 3 * MUTATIONS_OF_EACH, random)) {
            all.add(judgedAfter(hello, a.seal(Payload.Type.ANNOUNCE.code(), payload)));
        }
        requireSameVerdicts(all);
    }

    @Test
    void on_hellos_of_an_unknown_sender_with_a_changed_certificate_or_delegation() throws Exception {
        Hello good = b.helloPayload();
        List<Judged> all = new ArrayList<>(List.of(judgedFirst(b.hello()), judgedFirst(b.announce())));
        for (int i = 0; i < 3 * MUTATIONS_OF_EACH; i++) {
            byte[] certificate = flipped(good.certificateDer());
            byte[] delegation = flipped(good.delegation());
            all.add(judgedFirst(b.seal(hello(good, certificate, good.delegation()))));
            all.add(judgedFirst(b.seal(hello(good, good.certificateDer(), delegation))));
        }
        byte[] untagged = Arrays.copyOfRange(good.delegation(), 1, good.delegation().length);
        for (byte[] delegation : MutatedCbor.of(untagged, MUTATIONS_OF_EACH, random)) {
            byte[] whole = tagged(delegation);
            whole[0] = good.delegation()[0];
            all.add(judgedFirst(b.seal(hello(good, good.certificateDer(), whole))));
        }
        requireSameVerdicts(all);
    }

    @Test
    void on_hellos_with_a_certificate_or_a_delegation_of_somebody_else() throws Exception {
        RackAuthority foreignRack = TestMember.rack(directory.resolve("foreign-ca"));
        TestMember foreigner = TestMember.node(foreignRack, directory.resolve("foreigner"), groupKey);
        TestMember operator = TestMember.operator(rack, directory.resolve("operator"), groupKey);
        Hello own = b.helloPayload();
        Hello others = a.helloPayload();
        byte[] firstHello = a.hello();
        List<Judged> all = new ArrayList<>(List.of(
                judgedFirst(b.hello()),
                judgedFirst(foreigner.hello()),
                judgedFirst(operator.hello()),
                judgedFirst(b.seal(hello(own, others.certificateDer(), own.delegation()))),
                judgedFirst(b.seal(hello(own, foreigner.certificateDer(), own.delegation()))),
                judgedFirst(b.seal(hello(own, own.certificateDer(), others.delegation()))),
                judgedFirst(b.seal(hello(own, others.certificateDer(), others.delegation()))),
                judgedFirst(firstHello)));
        a.renewDelegation(TestMember.NOW.plusSeconds(1));
        all.add(judgedAfter(firstHello, a.hello()));
        b.boot(2);
        b.renewDelegation(TestMember.NOW.plus(Duration.ofHours(2)));
        all.add(judgedFirst(b.hello()));
        b.renewDelegation(TestMember.NOW.minus(Duration.ofHours(26)));
        all.add(judgedFirst(b.hello()));

        assertThat(all.stream().map(Judged::accepted))
                .containsExactly(true, false, false, false, false, false, false, true, true, false, false);
        requireSameVerdicts(all);
    }

    @Test
    void on_what_three_nodes_put_on_the_wire() throws Exception {
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        int port;
        try (DatagramSocket socket = new DatagramSocket(0)) {
            port = socket.getLocalPort();
        }
        MulticastSettings settings = MulticastSettings.on(List.of("lo"), port);
        List<Judged> capture = new ArrayList<>();
        try (MulticastChannel listener =
                MulticastChannel.open(settings, (datagram, source) -> heard.add(datagram), new DatagramCounters())) {
            assertThat(listener.interfaces()).containsExactly("lo");
            for (TestMember member : List.of(self, a, b)) {
                speak(member, settings);
                for (int i = 0; i < 3; i++) {
                    byte[] datagram = Optional.ofNullable(heard.poll(20, TimeUnit.SECONDS))
                            .orElseThrow();
                    capture.add(new Judged("datagram", datagram, true));
                }
            }
        }
        requireSameVerdicts(capture);
    }

    private static void speak(TestMember member, MulticastSettings settings) throws Exception {
        try (Neighbourhood neighbourhood = Neighbourhood.open(
                member.identity,
                member.bootKey,
                Keyring.of(member.groupKey),
                5_684,
                settings,
                () -> System.nanoTime() / 1_000_000,
                () -> TestMember.NOW,
                message -> {})) {
            neighbourhood.hello(Hello.Purpose.ASK, Hello.Seal.GROUP);
            neighbourhood.announce(1, 1_000, new Offering(List.of(), Set.of(NodeFlag.LENDER), Mark.NONE, Mark.NONE));
            neighbourhood.leave("shutdown");
        }
    }

    private static Hello hello(Hello good, byte[] certificate, byte[] delegation) {
        return new Hello(good.node(), good.bootEpoch(), good.coapPort(), certificate, delegation, good.purpose());
    }

    private byte[] flipped(byte[] good) {
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        return bad;
    }

    private static byte[] tagged(byte[] untagged) {
        byte[] whole = new byte[untagged.length + 1];
        whole[0] = (byte) 0xd0;
        System.arraycopy(untagged, 0, whole, 1, untagged.length);
        return whole;
    }

    private Judged judgedAfter(byte[] hello, byte[] datagram) {
        DatagramGate gate = gate();
        assertThat(isBelieved(gate, hello)).isTrue();
        return new Judged("datagram", datagram, isBelieved(gate, datagram));
    }

    private Judged judgedFirst(byte[] datagram) {
        return new Judged("first-datagram", datagram, isBelieved(gate(), datagram));
    }

    private DatagramGate gate() {
        return new DatagramGate(self.id(), self.identity.trust(), Keyring.of(groupKey), 0);
    }

    private static boolean isBelieved(DatagramGate gate, byte[] datagram) {
        InetAddress source = InetAddress.getLoopbackAddress();
        return gate.accept(datagram, source, 0, TestMember.NOW) instanceof GateOutcome.Accepted;
    }

    // ---- group keys ------------------------------------------------------------------------------------------------

    @Test
    void on_what_is_believed_under_which_group_key() throws Exception {
        GroupKey entry = GroupKey.of(1, new byte[GroupKey.KEY_BYTES]);
        GroupKey gone = GroupKey.of(2, new byte[GroupKey.KEY_BYTES]);
        DatagramGate gate =
                new DatagramGate(self.id(), self.identity.trust(), new Keyring(entry, groupKey, List.of(groupKey)), 0);
        List<Judged> all = new ArrayList<>();
        for (byte[] datagram : List.of(
                a.helloUnder(gone),
                a.announceUnder(entry),
                a.helloUnder(entry),
                a.announceUnder(entry),
                a.announceUnder(gone),
                a.announceUnder(groupKey),
                b.helloUnder(groupKey),
                b.announceUnder(groupKey))) {
            all.add(new Judged("datagram", datagram, isBelieved(gate, datagram)));
        }
        assertThat(all.stream().map(Judged::accepted))
                .containsExactly(false, false, true, false, false, true, true, true);
        requireSameVerdicts(all);
    }

    // ---- the other program -----------------------------------------------------------------------------------------

    private void requireSameVerdicts(List<Judged> all) throws Exception {
        assertThat(all).as("some are accepted").anyMatch(Judged::accepted);
        Path file = directory.resolve("lines");
        Files.write(file, all.stream().map(Judged::line).toList(), StandardCharsets.US_ASCII);
        List<String> verdicts = python(
                        PYTHON.resolve("rackweave_protocol.py").toString(),
                        "--group-key",
                        "3:" + GROUP_KEY,
                        "--entry-key",
                        "1:" + "00".repeat(GroupKey.KEY_BYTES),
                        "--root",
                        directory.resolve("self/ca.cert.pem").toString(),
                        "--at",
                        Long.toString(TestMember.NOW.getEpochSecond()),
                        "lines",
                        file.toString())
                .lines()
                .toList();
        assertThat(verdicts).hasSameSizeAs(all);
        List<String> disagreements = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Judged judged = all.get(i);
            if (judged.accepted() != verdicts.get(i).equals("accepted")) {
                disagreements.add("Java " + (judged.accepted() ? "accepted" : "refused") + ", Python " + verdicts.get(i)
                        + ": " + judged.line());
            }
        }
        assertThat(disagreements).isEqualTo(Collections.emptyList());
    }

    private String python(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-B"));
        command.addAll(List.of(arguments));
        Path errors = directory.resolve("errors");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as(
                            "%s%n%s%s(it needs the Debian packages python3-cbor2 and python3-cryptography)",
                            String.join(" ", command), text.length() > 2_000 ? "" : text, Files.readString(errors))
                    .isZero();
            return text;
        } catch (IOException absent) {
            throw new AssertionError(
                    "/usr/bin/python3 cannot be run: install the Debian packages python3-cbor2 and"
                            + " python3-cryptography, or leave out -Ptools",
                    absent);
        }
    }

    /** Name and body of each section of a golden file, without the line that says where a command goes. */
    private static List<Map.Entry<String, byte[]>> sections(String file) throws IOException {
        try (InputStream in = PythonAgreesTest.class.getResourceAsStream(BODIES + file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split("\n== ", -1))
                    .skip(1)
                    .map(section -> Map.entry(section.lines().findFirst().orElseThrow(), bytes(section)))
                    .toList();
        }
    }

    private static byte[] bytes(String section) {
        return HexFormat.of()
                .parseHex(section.lines()
                        .skip(1)
                        .filter(line -> !line.matches("(GET|POST) /.*"))
                        .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                        .collect(Collectors.joining()));
    }
}
