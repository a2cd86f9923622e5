package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponder;
import org.rackweave.hal.cxl.IdBits;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.MctpTcpLink;

/** {@code rackweave hw} against a switch that answers what a test says. */
@Timeout(60)
class HwCommandTest {
    private static final VcsInfo.Vppb UNBOUND = new VcsInfo.Vppb(VcsInfo.Binding.UNBOUND, 0, 0xFF);

    private final Rig rig = new Rig();
    private VcsInfo.Vppb second = UNBOUND;
    private VcsInfo.Vppb afterBind = new VcsInfo.Vppb(VcsInfo.Binding.LD, 3, 1);

    @Test
    void a_dry_run_shows_the_bytes_and_needs_no_switch() {
        Rig.Outcome run = rig.run("hw", "bind", "0", "4", "4", "--ld", "0", "--dry-run", "--switch", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .hasLineCount(4)
                .contains("# Identify\n010000c807000000010000")
                .contains("# Bind vPPB\n010000d907000100015206000000000000000404000000");
    }

    @Test
    void a_bind_is_read_back_and_shown() throws Exception {
        try (Peer peer = new Peer()) {
            assertThat(rig.run("hw", "bind", "0", "1", "3", "--ld", "1", "--switch", peer.address())
                            .err())
                    .contains("add --yes");
            assertThat(second).isEqualTo(UNBOUND);

            assertThat(rig.run("hw", "bind", "0", "1", "3", "--ld", "1", "--yes", "--switch", peer.address())
                            .exitCode())
                    .isEqualTo(ExitCode.DONE);

            assertThat(rig.run("hw", "show", "--switch", peer.address()).out())
                    .contains("dialect cxl3", "type-3-mld", "port 3 ld 1");
            assertThat(rig.run("hw", "show", "--json", "--switch", peer.address())
                            .out())
                    .contains("\"dialect\": \"cxl3\"", "\"ld\": 1");
        }
    }

    @Test
    void a_switch_that_says_done_and_shows_otherwise_is_told() throws Exception {
        afterBind = UNBOUND;
        try (Peer peer = new Peer()) {
            Rig.Outcome run = rig.run("hw", "bind", "0", "1", "3", "--ld", "1", "--yes", "--switch", peer.address());

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).contains("but the vPPB is unbound");
        }
    }

    @Test
    void what_the_switch_declines_has_the_name_of_its_return_code() throws Exception {
        try (Peer peer = new Peer()) {
            Rig.Outcome run = rig.run("hw", "unbind", "0", "1", "--yes", "--switch", peer.address());

            assertThat(run.exitCode()).isEqualTo(ExitCode.CONFLICT);
            assertThat(run.err()).contains("0x0002 invalid input", "rackweave hw show --switch");
        }
    }

    @Test
    void wrong_words_and_numbers_are_usage() {
        assertThat(rig.run("hw", "bind", "0", "256", "3", "--dry-run", "--switch", "a:1")
                        .err())
                .contains("VPPB 256");
        assertThat(rig.run("hw", "port", "0", "kick", "--dry-run", "--switch", "a:1")
                        .err())
                .contains("assert-perst, deassert-perst, reset-ppb");
        assertThat(rig.run("hw", "show", "--switch", "nowhere").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private Optional<Handled> handle(FmRequest<?> request) {
        if (request.opcode() == Opcode.BIND_VPPB) {
            second = afterBind;
        }
        return Optional.of(
                switch (request.opcode()) {
                    case IDENTIFY -> Handled.with(new Identify.Response(1, 2, 3, 4, 0x42, 13, Optional.of(0)));
                    case IDENTIFY_SWITCH ->
                        Handled.with(new IdentifySwitch.Response(
                                0, 1, 1, IdBits.of(IntStream.of(3)), IdBits.of(IntStream.of(0)), 2, 0, 4));
                    case GET_PORT_STATE -> Handled.with(new PortState.Response(List.of(port())));
                    case GET_VCS_INFO ->
                        Handled.with(new VcsInfo.Response(List.of(
                                new VcsInfo.VirtualSwitch(0, VcsInfo.State.ENABLED, 0, 2, List.of(UNBOUND, second)))));
                    case BIND_VPPB -> Handled.as(ReturnCode.BACKGROUND_STARTED);
                    case BACKGROUND_STATUS ->
                        Handled.with(new BackgroundStatus.Response(
                                BackgroundStatus.Activity.IDLE, 100, 0x5201, ReturnCode.SUCCESS, 0));
                    case CONTROL_PORT -> Handled.with(new NoPayload());
                    default -> Handled.as(ReturnCode.INVALID_INPUT);
                });
    }

    private static PortState.Port port() {
        return new PortState.Port(
                3,
                PortState.State.DOWNSTREAM,
                2,
                PortState.Device.TYPE_3_MLD,
                2,
                new PortState.Link(16, 8, 31, 5, 5),
                4,
                0,
                PortState.Port.PRESENT,
                4);
    }

    /** Serves one connection after the other. */
    private final class Peer implements AutoCloseable {
        private final ServerSocketChannel listening =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        private final Thread thread = new Thread(this::serve, "switch");

        Peer() throws IOException {
            thread.start();
        }

        String address() throws IOException {
            return "127.0.0.1:" + ((InetSocketAddress) listening.getLocalAddress()).getPort();
        }

        private void serve() {
            FmResponder responder = new FmResponder(Dialect.CXL3, 8);
            while (listening.isOpen()) {
                try (MctpTcpLink link = MctpTcpLink.over(listening.accept())) {
                    while (true) {
                        MctpMessage request = link.receive(Deadline.inMillis(30_000));
                        link.send(
                                responder
                                        .answer(request, HwCommandTest.this::handle)
                                        .orElseThrow(),
                                Deadline.inMillis(30_000));
                    }
                } catch (IOException gone) {
                    // The command is over, or the test is.
                }
            }
        }

        @Override
        public void close() throws IOException, InterruptedException {
            listening.close();
            thread.join();
        }
    }
}
