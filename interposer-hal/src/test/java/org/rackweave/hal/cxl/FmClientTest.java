package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.cxl.BackgroundStatus.Activity;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.ScriptedSwitch.Reply;
import org.rackweave.hal.mctp.MctpLimits;

@Timeout(120)
class FmClientTest {
    private static final Identify.Response IDENTITY =
            new Identify.Response(0x1234, 0x5678, 0, 0, 42, 13, Optional.empty());
    private static final BindVppb.Request BIND = new BindVppb.Request(0, 4, 4, 0);
    private static final FmPatience SHORT = new FmPatience(400, 80, 200);
    /** For tests in which nothing is ever late: a machine that is busy elsewhere must not look like a hang. */
    private static final FmPatience LONG = new FmPatience(30_000, 30_000, 30_000);

    private final AtomicInteger polls = new AtomicInteger();

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void the_dialect_is_found_out_by_asking(Dialect dialect) throws Exception {
        try (ScriptedSwitch peer =
                        new ScriptedSwitch(dialect, this::good, (request, carrier, usual) -> Reply.of(usual));
                FmClient client = new FmClient(peer.address(), LONG)) {
            assertThat(client.greet()).isInstanceOfSatisfying(Outcome.Answered.class, answered -> assertThat(
                            ((FmClient.Greeting) answered.response()).dialect())
                    .isEqualTo(dialect));
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.ANSWERED);
        }
    }

    @Test
    void a_bind_is_followed_until_its_background_operation_is_idle() throws Exception {
        try (ScriptedSwitch peer = good((request, carrier, usual) -> Reply.of(usual));
                FmClient client = new FmClient(peer.address(), LONG)) {
            assertThat(client.call(BIND)).isEqualTo(new Outcome.Answered<>(new NoPayload()));
            assertThat(polls.get()).as("asked until it was idle").isEqualTo(3);
        }
    }

    @Test
    void what_the_background_operation_ends_with_is_the_outcome() throws Exception {
        FmHandler failing = request -> request.opcode() == Opcode.BACKGROUND_STATUS
                ? Optional.of(Handled.with(new BackgroundStatus.Response(
                        Activity.IDLE, 100, Opcode.BIND_VPPB.number(), ReturnCode.INTERNAL_ERROR, 7)))
                : good(request);
        try (ScriptedSwitch peer =
                        new ScriptedSwitch(Dialect.CXL3, failing, (request, carrier, usual) -> Reply.of(usual));
                FmClient client = new FmClient(peer.address(), LONG)) {
            assertThat(client.call(BIND))
                    .isInstanceOfSatisfying(Outcome.Declined.class, declined -> assertThat(declined.code())
                            .isEqualTo(ReturnCode.INTERNAL_ERROR));
        }
    }

    @Test
    void an_operation_of_somebody_else_in_its_place_is_an_unknown_outcome() throws Exception {
        FmHandler rogue = request -> request.opcode() == Opcode.BACKGROUND_STATUS
                ? Optional.of(Handled.with(new BackgroundStatus.Response(
                        Activity.IDLE, 100, Opcode.UNBIND_VPPB.number(), ReturnCode.SUCCESS, 0)))
                : good(request);
        try (ScriptedSwitch peer =
                        new ScriptedSwitch(Dialect.CXL3, rogue, (request, carrier, usual) -> Reply.of(usual));
                FmClient client = new FmClient(peer.address(), LONG)) {
            assertThat(client.call(BIND))
                    .isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> assertThat(unknown.why())
                            .contains("another manager"));
        }
    }

    @Test
    void a_late_answer_is_found_while_the_path_is_drained() throws Exception {
        AtomicReference<byte[]> kept = new AtomicReference<>(new byte[0]);
        try (ScriptedSwitch peer = good((request, carrier, usual) -> {
                    if (request.opcode() == Opcode.BIND_VPPB) {
                        kept.set(usual);
                        return Reply.silence();
                    }
                    byte[] late = kept.getAndSet(new byte[0]);
                    return Reply.of(joined(late, usual));
                });
                FmClient client = new FmClient(peer.address(), new FmPatience(30_000, 300, 30_000))) {
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.call(new IdentifySwitch.Request()))
                    .isInstanceOfSatisfying(Outcome.NotSent.class, refused -> assertThat(refused.why())
                            .contains("Bind vPPB", "drain"));

            assertThat(client.drain())
                    .isEqualTo(
                            new Drain.Idle(Drain.Through.SAME_CONNECTION, Optional.of(ReturnCode.BACKGROUND_STARTED)));
            assertThat(client.greet().kind()).isEqualTo(Outcome.Kind.ANSWERED);
        }
    }

    @Test
    void an_operation_that_never_ends_is_an_unknown_outcome_and_a_stuck_path() throws Exception {
        FmHandler endless = request -> request.opcode() == Opcode.BACKGROUND_STATUS
                ? Optional.of(Handled.with(new BackgroundStatus.Response(
                        Activity.RUNNING, 50, Opcode.BIND_VPPB.number(), ReturnCode.SUCCESS, 0)))
                : good(request);
        try (ScriptedSwitch peer =
                        new ScriptedSwitch(Dialect.CXL3, endless, (request, carrier, usual) -> Reply.of(usual));
                FmClient client = new FmClient(peer.address(), new FmPatience(30_000, 30_000, 50))) {
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.drain().kind()).isEqualTo(Drain.Kind.STUCK);
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
        }
    }

    @Test
    void a_switch_that_never_answers_again_is_stuck_and_no_call_hangs() throws Exception {
        try (ScriptedSwitch peer = good((request, carrier, usual) ->
                        request.opcode() == Opcode.IDENTIFY ? Reply.of(usual) : Reply.silence());
                FmClient client = new FmClient(peer.address(), SHORT)) {
            assertThat(client.call(new IdentifySwitch.Request()).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            for (int tries = 0; tries < 2 * CxlLimits.MOST_UNANSWERED; tries++) {
                assertThat(client.drain().kind()).isEqualTo(Drain.Kind.STUCK);
            }
        }
    }

    @Test
    void where_nobody_listens_nothing_is_sent() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) closed.getLocalSocketAddress();
        }
        try (FmClient client = new FmClient(nobody, LONG);
                FmClient nameless = new FmClient(InetSocketAddress.createUnresolved("no.such", 1), LONG)) {
            assertThat(client.call(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
            assertThat(nameless.call(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
        }
    }

    @Test
    void another_switch_at_the_same_address_is_not_commanded() throws Exception {
        AtomicInteger greetings = new AtomicInteger();
        FmHandler changing = request -> request.opcode() == Opcode.IDENTIFY
                ? Optional.of(Handled.with(
                        new Identify.Response(1, 2, 3, 4, greetings.incrementAndGet(), 13, Optional.empty())))
                : good(request);
        try (ScriptedSwitch peer = new ScriptedSwitch(
                        Dialect.CXL3,
                        changing,
                        (request, carrier, usual) -> new Reply(usual, request.opcode() == Opcode.IDENTIFY_SWITCH));
                FmClient client = new FmClient(peer.address(), LONG)) {
            assertThat(client.call(new IdentifySwitch.Request()).kind()).isEqualTo(Outcome.Kind.ANSWERED);
            assertThat(client.call(new IdentifySwitch.Request()).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.call(BIND))
                    .isInstanceOfSatisfying(Outcome.NotSent.class, refused -> assertThat(refused.why())
                            .contains("is now"));
        }
    }

    @Test
    void a_connection_lost_at_any_byte_of_the_greeting_sends_nothing_after_it() throws Exception {
        for (int bytes = 0; bytes < MctpLimits.PACKET_BYTES; bytes++) {
            int cut = bytes;
            try (ScriptedSwitch peer = good((request, carrier, usual) -> new Reply(Arrays.copyOf(usual, cut), true));
                    FmClient client = new FmClient(peer.address(), LONG)) {
                assertThat(client.call(BIND).kind()).as("cut at %d", cut).isEqualTo(Outcome.Kind.NOT_SENT);
            }
        }
    }

    @Test
    void a_connection_lost_at_any_byte_of_an_answer_is_an_unknown_outcome_that_a_new_connection_settles()
            throws Exception {
        for (int bytes = 0; bytes < MctpLimits.PACKET_BYTES; bytes++) {
            int cut = bytes;
            try (ScriptedSwitch peer = good((request, carrier, usual) -> request.opcode() == Opcode.BIND_VPPB
                            ? new Reply(Arrays.copyOf(usual, cut), true)
                            : Reply.of(usual));
                    FmClient client = new FmClient(peer.address(), LONG)) {
                assertThat(client.call(BIND).kind()).as("cut at %d", cut).isEqualTo(Outcome.Kind.UNKNOWN);
                assertThat(client.drain()).isEqualTo(new Drain.Idle(Drain.Through.NEW_CONNECTION, Optional.empty()));
                assertThat(client.call(new IdentifySwitch.Request()).kind()).isEqualTo(Outcome.Kind.ANSWERED);
            }
        }
    }

    @Test
    void a_connection_lost_at_any_byte_of_the_last_poll_is_an_unknown_outcome() throws Exception {
        for (int bytes = 0; bytes < MctpLimits.PACKET_BYTES; bytes++) {
            int cut = bytes;
            try (ScriptedSwitch peer = good((request, carrier, usual) -> request.opcode() == Opcode.BACKGROUND_STATUS
                            ? new Reply(Arrays.copyOf(usual, cut), true)
                            : Reply.of(usual));
                    FmClient client = new FmClient(peer.address(), LONG)) {
                assertThat(client.call(BIND).kind()).as("cut at %d", cut).isEqualTo(Outcome.Kind.UNKNOWN);
                assertThat(client.drain().kind()).isEqualTo(Drain.Kind.STUCK);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void an_answer_with_any_byte_wrong_is_never_taken_for_a_bind_that_is_done(Dialect dialect) throws Exception {
        FmHandler lying = request -> request.opcode() == Opcode.BIND_VPPB
                ? Optional.of(Handled.as(ReturnCode.INVALID_INPUT))
                : good(request);
        for (int index = 0; index < MctpLimits.PACKET_BYTES; index++) {
            int wrong = index;
            try (ScriptedSwitch peer = new ScriptedSwitch(
                            dialect,
                            lying,
                            (request, carrier, usual) -> request.opcode() == Opcode.BIND_VPPB
                                    ? new Reply(flipped(usual, wrong), true)
                                    : Reply.of(usual));
                    FmClient client = new FmClient(peer.address(), LONG)) {
                Outcome<NoPayload> outcome = client.call(BIND);
                assertThat(outcome.kind())
                        .as("byte %d", wrong)
                        .isEqualTo(isOfNoMeaning(dialect, wrong) ? Outcome.Kind.DECLINED : Outcome.Kind.UNKNOWN);
            }
        }
    }

    /** The reserved half of the version, the switch's endpoint, a reserved byte, the codes themselves; padding, where that may be anything. */
    private static boolean isOfNoMeaning(Dialect dialect, int index) {
        int inMessage = index - MctpLimits.HEADER_BYTES - 1;
        boolean isPadding = inMessage >= CxlLimits.HEADER_BYTES;
        return index == 2 || inMessage == 2 || (isPadding ? dialect == Dialect.JRL : inMessage >= 8);
    }

    private static byte[] flipped(byte[] bytes, int index) {
        byte[] wrong = bytes.clone();
        wrong[index] ^= (byte) 0xFF;
        return wrong;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private ScriptedSwitch good(ScriptedSwitch.Script script) throws IOException {
        return new ScriptedSwitch(Dialect.CXL3, this::good, script);
    }

    private Optional<Handled> good(FmRequest<?> request) {
        return Optional.of(
                switch (request.opcode()) {
                    case IDENTIFY -> Handled.with(IDENTITY);
                    case BIND_VPPB -> Handled.as(ReturnCode.BACKGROUND_STARTED);
                    case IDENTIFY_SWITCH ->
                        Handled.with(new IdentifySwitch.Response(
                                0, 1, 1, IdBits.of(IntStream.empty()), IdBits.of(IntStream.empty()), 0, 0, 0));
                    case BACKGROUND_STATUS ->
                        Handled.with(new BackgroundStatus.Response(
                                polls.incrementAndGet() < 3 ? Activity.RUNNING : Activity.IDLE,
                                100,
                                Opcode.BIND_VPPB.number(),
                                ReturnCode.SUCCESS,
                                0));
                    default -> Handled.as(ReturnCode.UNSUPPORTED);
                });
    }
}
