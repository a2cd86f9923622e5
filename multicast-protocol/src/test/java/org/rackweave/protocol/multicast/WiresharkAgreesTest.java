package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import com.upokecenter.cbor.CBORObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.OuterFrame;
import org.rackweave.crypto.OuterHeader;
import org.rackweave.crypto.RackAuthority;

/** tshark with wireshark/rackweave.lua sees outside the seal what this node sees there. */
@Tag("tools")
@Timeout(120)
class WiresharkAgreesTest {
    private static final long SEED = 20_261_107;
    private static final int DAMAGED = 300;
    private static final Path DISSECTOR = Path.of("wireshark/rackweave.lua");
    private static final Path SEALED_GOLDEN = Path.of("../crypto/src/test/resources/golden/sealed-datagram-v1.txt");
    private static final int TAG_BYTES = 16;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private TestMember member;

    @BeforeEach
    void makeMember() {
        RackAuthority rack = TestMember.rack(directory.resolve("ca"));
        member = TestMember.node(rack, directory.resolve("a"));
    }

    @Test
    void on_every_field_of_the_golden_datagram_and_of_what_a_node_says() throws Exception {
        List<byte[]> datagrams = List.of(
                sealedGolden(), member.hello(), member.announce(), member.leave(), member.seal(200, new byte[] {1}));

        List<CBORObject> seen = dissected(datagrams);

        for (int i = 0; i < datagrams.size(); i++) {
            requireSame(datagrams.get(i), seen.get(i));
        }
        assertThat(bytes(seen.get(0), "tag")).as("as golden").isEqualTo("b98163ad400800d4e281c2aeb8c11fcb");
    }

    @Test
    void on_what_is_malformed_without_an_error_of_its_own() throws Exception {
        byte[] good = member.announce();
        List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < DAMAGED; i++) {
            datagrams.add(damaged(good));
            datagrams.add(Damage.of(good, random));
        }
        // Empty ones are no payload to Wireshark, and nothing of it is asked.
        datagrams.removeIf(datagram -> datagram.length == 0);

        List<CBORObject> seen = dissected(datagrams);

        int malformed = 0;
        for (int i = 0; i < datagrams.size(); i++) {
            byte[] datagram = datagrams.get(i);
            boolean refused = OuterFrame.parse(datagram, datagram.length) instanceof OuterFrame.Malformed;
            assertThat(isMalformed(seen.get(i)))
                    .as("%s%n%s", HexFormat.of().formatHex(datagram), seen.get(i))
                    .isEqualTo(refused);
            malformed += refused ? 1 : 0;
        }
        assertThat(malformed).as("both kinds are there").isBetween(1, datagrams.size() - 1);
    }

    /** Damage to what can be read without a key: the first bytes. */
    private byte[] damaged(byte[] good) {
        byte[] bad = good.clone();
        bad[random.nextInt(70)] = (byte) random.nextInt(256);
        return bad;
    }

    private static void requireSame(byte[] datagram, CBORObject seen) {
        OuterHeader header = ((OuterFrame.Parsed) OuterFrame.parse(datagram, datagram.length))
                .frame()
                .header();
        CBORObject keyId = seen.get("rackweave.key_id_tree");
        int tagAt = datagram.length - TAG_BYTES;

        assertThat(isMalformed(seen)).as(seen.toString()).isFalse();
        assertThat(seen.toString()).contains("rackweave.sealed");
        assertThat(text(seen, "algorithm")).isEqualTo("24");
        assertThat(bytes(keyId, "node_id")).isEqualTo(header.sender().toString());
        assertThat(text(keyId, "boot_epoch")).isEqualTo(Long.toString(header.bootEpoch()));
        assertThat(bytes(keyId, "boot_key_id")).isEqualTo(HexFormat.of().toHexDigits(header.bootKeyId()));
        assertThat(text(keyId, "group_number"))
                .isEqualTo(Long.toString(header.groupEpoch().number()));
        assertThat(bytes(keyId, "group_hash"))
                .isEqualTo(HexFormat.of().toHexDigits(header.groupEpoch().hash()));
        assertThat(text(seen, "sequence")).isEqualTo(Long.toString(header.sequence()));
        assertThat(text(seen, "type")).isEqualTo(Integer.toString(header.messageType()));
        assertThat(bytes(seen, "tag"))
                .isEqualTo(HexFormat.of().formatHex(Arrays.copyOfRange(datagram, tagAt, datagram.length)));
        int length = Integer.parseInt(text(seen, "ciphertext_length"));
        assertThat(bytes(seen, "ciphertext"))
                .isEqualTo(HexFormat.of().formatHex(Arrays.copyOfRange(datagram, tagAt - length, tagAt)));
    }

    private static boolean isMalformed(CBORObject seen) {
        return seen.toString().contains("rackweave.malformed");
    }

    private static String text(CBORObject tree, String field) {
        return tree.get("rackweave." + field).AsString();
    }

    private static String bytes(CBORObject tree, String field) {
        return text(tree, field).replace(":", "");
    }

    private static byte[] sealedGolden() throws IOException {
        return HexFormat.of()
                .parseHex(Files.readAllLines(SEALED_GOLDEN).stream()
                        .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                        .collect(Collectors.joining()));
    }

    // ---- tshark ----------------------------------------------------------------------------------------------------

    /** What tshark shows of each datagram. */
    private List<CBORObject> dissected(List<byte[]> datagrams) throws Exception {
        Path capture = directory.resolve("capture.pcap");
        Files.write(capture, pcap(datagrams));
        String json =
                tshark("-X", "lua_script:" + DISSECTOR, "-r", capture.toString(), "-T", "json", "--no-duplicate-keys");
        assertThat(json).doesNotContainIgnoringCase("lua error");
        List<CBORObject> seen = CBORObject.FromJSONString(json).getValues().stream()
                .map(packet -> packet.get("_source").get("layers").get("rackweave"))
                .toList();
        assertThat(seen).hasSameSizeAs(datagrams).doesNotContainNull();
        return seen;
    }

    private String tshark(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("tshark"));
        command.addAll(List.of(arguments));
        Path errors = directory.resolve("errors");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            assertThat(Files.readString(errors)).doesNotContainIgnoringCase("lua:");
            return text;
        } catch (IOException absent) {
            throw new AssertionError(
                    "tshark cannot be run: install the Debian package tshark, or leave out -Ptools", absent);
        }
    }

    /** A capture file: a header of 24 bytes, then a record for each datagram, in Ethernet, IPv4 and UDP. */
    private static byte[] pcap(List<byte[]> datagrams) {
        int bytes = 24 + datagrams.stream().mapToInt(each -> 58 + each.length).sum();
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.BIG_ENDIAN);
        out.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
        out.putInt(0).putInt(0).putInt(65_535).putInt(1);
        for (byte[] datagram : datagrams) {
            int length = 42 + datagram.length;
            out.putInt(0).putInt(0).putInt(length).putInt(length);
            out.put(new byte[12]).putShort((short) 0x0800);
            out.put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (28 + datagram.length))
                    .putInt(0);
            out.put((byte) 1).put((byte) 17).putShort((short) 0);
            out.put(new byte[] {127, 0, 0, 1}).put(new byte[] {(byte) 239, 82, 87, 1});
            out.putShort((short) 40_000).putShort((short) 5_257);
            out.putShort((short) (8 + datagram.length)).putShort((short) 0).put(datagram);
        }
        return out.array();
    }
}
