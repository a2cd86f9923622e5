package org.rackweave.sim.switchtec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What Microchip's own command line sends, and what it must get: bytes written by hand from what is known of its protocol, with garbage
 * where its allocator leaves some. It asks for the type of service, then reads who is there, then sends one command at a time.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SwitchtecConversationTest {
    private static final String OPEN_COMMANDS = "6d6c7373 01 c3 01 b1 00 01 5a5a a5a5 3c3c";
    private static final String OPEN_EVENTS = "6d6c7373 01 c3 01 b1 00 02 5a5a a5a5 3c3c";
    private static final String ACCEPTED = "6d6c7373 01 00 02 b1 00 00 0000 0000 0000";

    private SwitchtecServer server;

    @BeforeEach
    void start() throws Exception {
        server = SwitchtecServer.start(
                new InetSocketAddress("127.0.0.2", 0),
                SwitchtecConfig.parse(SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 0")),
                new SwitchtecFaults(Optional.empty()),
                Optional.empty());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Socket connect() throws IOException {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    /** Sends, and reads as many bytes as are expected: the client would too. */
    private static void exchange(Socket socket, String sent, String expected) throws IOException {
        socket.getOutputStream().write(hex(sent));
        byte[] answer = hex(expected);
        assertThat(HexFormat.of().formatHex(socket.getInputStream().readNBytes(answer.length)))
                .as("answer to %s", sent)
                .isEqualTo(HexFormat.of().formatHex(answer));
    }

    /** A command of so many bytes with the header before it; instance, service and reserved bytes hold whatever was there. */
    private static String mrpc(String body, int wanted) {
        return String.format("6d6c7373 01 7f 01 b2 de ad %04x %04x beef %s", hex(body).length, wanted, body);
    }

    private static String answered(String body) {
        return String.format("6d6c7373 01 00 03 b2 00 00 %04x 0000 0000 %s", hex(body).length, body);
    }

    @Test
    void theCommandLinesConversationIsUnderstood() throws Exception {
        try (Socket commands = connect();
                Socket events = connect()) {
            exchange(commands, OPEN_COMMANDS.replace("5a5a", "0000"), ACCEPTED);
            exchange(events, OPEN_EVENTS.replace("5a5a", "0000"), ACCEPTED);
            // partition count at 0x1007: one byte; then the device id at 0x2000
            exchange(
                    commands,
                    "6d6c7373 01 7f 02 b2 de ad 000c 0000 beef  01100000 07100000 0100 0000",
                    "6d6c7373 01 00 05 b2 00 00 0005 0000 0000  00000000 04");
            exchange(
                    commands,
                    "6d6c7373 01 7f 02 b2 de ad 000c 0000 beef  01100000 00200000 0400 0000",
                    "6d6c7373 01 00 05 b2 00 00 0008 0000 0000  00000000 36410000");
            // test: echo
            exchange(commands, mrpc("4100fcff 78563412", 4), answered("00000000 87a9cbed"));
            // port-bind: partition 1, logical port 2, physical port 8; then what it says, then a second time
            exchange(commands, mrpc("0c00fcff 00010208", 4), answered("00000000 00000000"));
            exchange(
                    commands,
                    mrpc("0c00fcff 02080000", 196),
                    answered("00000000 01000000 08010210" + "00".repeat(47 * 4)));
            exchange(commands, mrpc("0c00fcff 00010208", 4), answered("01000000 00000000"));
            // stack-bif: the bound stack is refused, the second one read
            exchange(commands, mrpc("0b00fcff 0101000004000400", 8), answered("43400500 0000000000000000"));
            exchange(commands, mrpc("0b00fcff 0002000000000000", 8), answered("00000000 0002000004000400"));
            // port-unbind with option 2
            exchange(commands, mrpc("0c00fcff 01010202", 4), answered("00000000 00000000"));
            // a command and a subcommand that nobody knows, and one that is cut short
            exchange(commands, mrpc("4200fcff 00000000", 4), answered("05400600 00000000"));
            exchange(commands, mrpc("0c00fcff 09000000", 4), answered("04400600 00000000"));
            exchange(commands, mrpc("0c00fcff 0001", 4), answered("06400600 00000000"));
            // gfms-bind on a switch that is no fabric
            exchange(
                    commands,
                    mrpc("8400fcff 01001802 0001005a" + "deadbeef".repeat(7), 4),
                    answered("05400600 00000000"));
        }
    }

    /** It names the switch at hand by five bits, and asks first what runs there. */
    @Test
    void theConversationOfTheNewestCommandLineIsUnderstood() throws Exception {
        try (Socket commands = connect()) {
            exchange(commands, OPEN_COMMANDS.replace("5a5a", "0000"), ACCEPTED);
            exchange(commands, mrpc("00017c00 211c026b", 8), answered("00000000 03000000 dee3fd94"));
            exchange(commands, mrpc("41007c00 78563412", 4), answered("00000000 87a9cbed"));
            exchange(commands, mrpc("81007c00", 1), answered("05400600 00"));
        }
    }

    /** The status command: links of all ports, empty places behind them; an older program asks for 48. */
    @Test
    void theStatusOfPortsIsAskedForInTwoSizes() throws Exception {
        String upstream = "00 00 00 00 04 04 01 84 0300 00 00";
        String unbound = "08 ff ff 10 10 00 00 00 0000 00 00";
        try (Socket commands = connect()) {
            exchange(commands, OPEN_COMMANDS.replace("5a5a", "0000"), ACCEPTED);
            exchange(
                    commands,
                    mrpc("1c00fcff 0101000000000000", 720),
                    answered("00000000" + upstream + unbound + "ff".repeat(58 * 12)));
            exchange(
                    commands,
                    mrpc("1c00fcff 0101000000000000", 576),
                    answered("00000000" + upstream + unbound + "ff".repeat(46 * 12)));
        }
    }

    @Test
    void whatIsNotTheProtocolEndsTheConnectionAndNothingElse() throws Exception {
        for (String wrong : new String[] {
            mrpc("4100fcff 00000000", 4), // before an open
            "6d6c7374 01 00 01 b1 00 01 0000 0000 0000",
            "6d6c7373 02 00 01 b1 00 01 0000 0000 0000",
            "6d6c7373 01 00 09 b1 00 01 0000 0000 0000",
            "6d6c7373 01 00 01 b1 00 01 ffff 0000 0000",
            OPEN_COMMANDS.replace("5a5a", "0000") + mrpc("4100fcff 00000000", 1025)
        }) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(hex(wrong));
                byte[] told = socket.getInputStream().readAllBytes();
                assertThat(told).as(wrong).hasSizeLessThanOrEqualTo(16);
            }
        }
        stillServes();
    }

    @Test
    void aClientThatIsLostAtAnyByteKeepsNobodyElseWaiting() throws Exception {
        byte[] whole = hex(OPEN_COMMANDS.replace("5a5a", "0000") + mrpc("0c00fcff 00010208", 4));
        for (int length = 0; length < whole.length; length++) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(Arrays.copyOf(whole, length));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
            assertThat(server.config().binds()).as("after %d bytes", length).isEmpty();
        }
        stillServes();
    }

    @Test
    void thereIsALimitToConnectionsAndALeaverMakesRoom() throws Exception {
        Socket[] sockets = new Socket[SwitchtecServer.MAX_CONNECTIONS];
        for (int index = 0; index < sockets.length; index++) {
            sockets[index] = connect();
            exchange(sockets[index], OPEN_EVENTS.replace("5a5a", "0000"), ACCEPTED);
        }
        try (Socket oneTooMany = connect()) {
            assertThat(oneTooMany.getInputStream().read()).isEqualTo(-1);
        }
        for (Socket socket : sockets) {
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            socket.close();
        }
        stillServes();
    }

    private void stillServes() throws IOException {
        try (Socket socket = connect()) {
            exchange(socket, OPEN_COMMANDS.replace("5a5a", "0000"), ACCEPTED);
            exchange(socket, mrpc("4100fcff 00000000", 4), answered("00000000 ffffffff"));
        }
    }
}
