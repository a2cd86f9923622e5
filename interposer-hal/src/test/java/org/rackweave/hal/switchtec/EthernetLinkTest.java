package org.rackweave.hal.switchtec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;

/** Against a peer that says scripted bytes, written by hand, and stops wherever it likes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EthernetLinkTest {
    /** Long enough that nothing but a hang reaches it, where no test is about time. */
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private static final MrpcCommand.Bind BIND = new MrpcCommand.Bind(new LogicalPlace(1, 2), new PhysicalPort(8));

    private static final byte[] ACCEPT = hex("6d6c7373 01 00 02 b1 00 00 0000 0000 0000");
    /** Four partitions, asked through the second. */
    private static final byte[] PARTITIONS = hex("6d6c7373 01 00 05 b2 00 00 0006 0000 0000  00000000 04 01");

    private static final byte[] SYSTEM =
            hex("6d6c7373 01 00 05 b2 00 00 0010 0000 0000  00000000 36410000 02000000 00050404");
    private static final byte[] BOUND = hex("6d6c7373 01 00 03 b2 00 00 0008 0000 0000  00000000 00000000");
    private static final List<byte[]> OPENED = List.of(ACCEPT, PARTITIONS, SYSTEM);

    private final ExecutorService peer = Executors.newSingleThreadExecutor();

    @AfterEach
    void stopPeer() {
        peer.shutdownNow();
    }

    @Test
    void aSwitchIsOpenedIdentifiedAndToldInTheseBytes() throws Exception {
        try (Peer server = new Peer(concat(OPENED, BOUND), Ending.STAYS);
                EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT)) {
            assertThat(link.identity()).isEqualTo(new SwitchIdentity(0x4136, 2, 0x04040500, 4, 1));
            assertThat(new SwitchtecClient(link).perform(BIND))
                    .isEqualTo(new Outcome.Answered<>(new MrpcAnswer.Begun(0)));
            assertThat(server.heard())
                    .isEqualTo(hex("6d6c7373 01 00 01 b1 00 01 0000 0000 0000"
                            + "6d6c7373 01 00 02 b2 00 01 000c 0000 0000  01100000 07100000 0200 0000"
                            + "6d6c7373 01 00 02 b2 00 01 000c 0000 0000  01100000 00200000 0c00 0000"
                            + "6d6c7373 01 00 01 b2 00 01 0008 0004 0000  0c007c00 00010208"));
        }
    }

    @Test
    void aRefusalArrivesWithTheWholeAnswerAndTheLinkGoesOn() throws Exception {
        byte[] refused = hex("6d6c7373 01 00 03 b2 00 00 0008 0000 0000  07000000 00000000");
        try (Peer server = new Peer(concat(OPENED, refused, BOUND), Ending.STAYS);
                EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT)) {
            SwitchtecClient client = new SwitchtecClient(link);
            assertThat(client.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.BIND_IN_PROGRESS));
            assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.ANSWERED);
            assertThat(link.drain(PATIENT)).isEqualTo(SwitchtecLink.Drained.IDLE);
        }
    }

    /** The whole conversation, cut after each byte: opening fails by name, a command is of unknown outcome, and nothing hangs. */
    @Test
    void aConnectionLostAtAnyByteIsARefusalOrAnUnknownOutcome() throws Exception {
        int opening = flat(OPENED).length;
        for (int length = 0; length < opening + BOUND.length; length++) {
            try (Peer server = new Peer(cut(concat(OPENED, BOUND), length), Ending.HANGS_UP)) {
                if (length < opening) {
                    InetSocketAddress address = server.address();
                    assertThatThrownBy(() -> EthernetLink.open(address, 0, PATIENT))
                            .as("after %d bytes", length)
                            .isInstanceOf(HalException.Unavailable.class);
                } else {
                    assertLost(server, length);
                }
            }
        }
    }

    private static void assertLost(Peer server, int length) throws Exception {
        try (EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT)) {
            SwitchtecClient client = new SwitchtecClient(link);
            assertThat(client.perform(BIND).kind()).as("after %d bytes", length).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
            assertThat(link.drain(PATIENT)).isEqualTo(SwitchtecLink.Drained.OPEN_ANEW);
        }
    }

    @Test
    void aPeerThatFallsSilentInTheMiddleIsNotWaitedForForever() throws Exception {
        try (Peer server = new Peer(concat(OPENED, Arrays.copyOf(BOUND, 21)), Ending.STAYS);
                EthernetLink link = EthernetLink.open(server.address(), 0, Duration.ofMillis(500))) {
            Outcome<MrpcAnswer.Begun> outcome = new SwitchtecClient(link).perform(BIND);
            assertThat(outcome).isEqualTo(new Outcome.Unknown<>("no whole answer within 500 ms"));
        }
    }

    @Test
    void everyWrongByteOfAHeaderIsAnUnknownOutcome() throws Exception {
        // Reserved bytes, instance and service may hold anything; the others may not.
        for (int at : new int[] {0, 1, 2, 3, 4, 6, 7, 10, 11}) {
            byte[] wrong = BOUND.clone();
            wrong[at] ^= 0x11;
            try (Peer server = new Peer(concat(OPENED, wrong), Ending.STAYS);
                    EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT)) {
                assertThat(new SwitchtecClient(link).perform(BIND).kind())
                        .as("byte %d", at)
                        .isEqualTo(Outcome.Kind.UNKNOWN);
            }
        }
    }

    /** Answers carry no number: one too many would be taken for the answer to the next command. */
    @Test
    void aSwitchThatAnswersTwiceIsNotBelievedAgain() throws Exception {
        try (Peer server = new Peer(concat(OPENED, flat(List.of(BOUND, BOUND))), Ending.STAYS);
                EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT)) {
            SwitchtecClient client = new SwitchtecClient(link);
            assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.ANSWERED);
            server.heard();
            assertThat(client.perform(BIND).toString()).contains("NotSent", "nobody asked for");
            assertThat(link.drain(PATIENT)).isEqualTo(SwitchtecLink.Drained.OPEN_ANEW);
        }
    }

    @Test
    void aSwitchThatRejectsTheConnectionIsUnavailable() throws Exception {
        byte[] reject = hex("6d6c7373 01 00 03 b1 00 00 0000 0001 0000");
        try (Peer server = new Peer(List.of(reject), Ending.STAYS)) {
            InetSocketAddress address = server.address();
            assertThatThrownBy(() -> EthernetLink.open(address, 0, PATIENT))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("REJECT");
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static List<byte[]> concat(List<byte[]> first, byte[]... more) {
        return Stream.concat(first.stream(), Arrays.stream(more)).toList();
    }

    private static List<byte[]> cut(List<byte[]> parts, int length) {
        List<byte[]> kept = new ArrayList<>();
        int left = length;
        for (byte[] part : parts) {
            if (left > 0) {
                kept.add(Arrays.copyOf(part, Math.min(left, part.length)));
            }
            left -= part.length;
        }
        return kept;
    }

    private static byte[] flat(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private enum Ending {
        HANGS_UP,
        STAYS
    }

    /** Reads one request and says its next part, until it has none. */
    private final class Peer implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private final Future<Socket> talking;

        Peer(List<byte[]> says, Ending ending) throws IOException {
            talking = peer.submit(() -> {
                Socket socket = listening.accept();
                for (byte[] part : says) {
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    byte[] header = in.readNBytes(16);
                    heard.writeBytes(header);
                    heard.writeBytes(in.readNBytes(header[10] << 8 | header[11]));
                    socket.getOutputStream().write(part);
                }
                if (ending == Ending.HANGS_UP) {
                    // Not close: unread requests would turn that into a reset, which throws away what was said.
                    socket.shutdownOutput();
                }
                return socket;
            });
        }

        InetSocketAddress address() {
            return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
        }

        byte[] heard() throws Exception {
            talking.get();
            return heard.toByteArray();
        }

        @Override
        public void close() throws Exception {
            talking.get().close();
            listening.close();
        }
    }
}
