package org.rackweave.hal.switchtec.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.Exchange;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.SwitchtecLink;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

class SwitchLineTest {
    private static final MrpcCommand.Echo ECHO = new MrpcCommand.Echo(0);
    private static final MrpcCommand.Bind BIND = new MrpcCommand.Bind(new LogicalPlace(1, 1), new PhysicalPort(8));
    private static final Exchange LOST = new Exchange.Lost("nothing came");
    private static final Exchange ANSWER = answer(0, new byte[] {-1, -1, -1, -1});

    private final Deque<Exchange> exchanges = new ArrayDeque<>();
    private final Deque<SwitchtecLink.Drained> drained = new ArrayDeque<>();
    private final List<String> calls = new ArrayList<>();

    private static Exchange answer(int code, byte[] data) {
        return new Exchange.Answered(code, data);
    }

    /** As scripted; idle, once the script is over. */
    private final class Scripted implements SwitchtecLink {
        @Override
        public String device() {
            return "scripted";
        }

        @Override
        public Exchange mrpc(byte[] command, int answerBytes) {
            calls.add("send");
            return exchanges.remove();
        }

        @Override
        public Drained drain(Duration timeout) {
            return drained.isEmpty() ? Drained.IDLE : drained.remove();
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private SwitchLine line() throws HalException {
        return SwitchLine.open(
                () -> {
                    calls.add("open");
                    return new Scripted();
                },
                Duration.ofMillis(1));
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedOnceMoreOverANewLink() throws Exception {
        SwitchLine line = line();
        exchanges.addAll(List.of(LOST, ANSWER));
        drained.addAll(List.of(SwitchtecLink.Drained.IDLE, SwitchtecLink.Drained.OPEN_ANEW));
        assertThat(line.read(ECHO).word()).isEqualTo(-1);
        assertThat(calls).containsExactly("open", "send", "close", "open", "send");
    }

    @Test
    void aQuestionThatIsLostTwiceIsUnavailable() throws Exception {
        SwitchLine line = line();
        exchanges.addAll(List.of(LOST, LOST, ANSWER));
        assertThatThrownBy(() -> line.read(ECHO))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("nothing came");
        assertThat(exchanges).hasSize(1);
    }

    @Test
    void whatChangesSomethingIsNeverSentTwice() throws Exception {
        SwitchLine line = line();
        exchanges.addAll(List.of(LOST, ANSWER));
        assertThat(line.perform(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
        assertThat(exchanges).hasSize(1);
    }

    @Test
    void onlyAFirmwareThatIsBusyIsAskedAgainAndNotForEver() throws Exception {
        SwitchLine line = line();
        exchanges.addAll(List.of(answer(MrpcError.NO_THREAD.code(), new byte[4]), ANSWER));
        assertThat(line.perform(BIND)).isEqualTo(new Outcome.Answered<>(new MrpcAnswer.Begun(-1)));
        exchanges.add(answer(MrpcError.BIND_IN_PROGRESS.code(), new byte[4]));
        assertThat(line.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.BIND_IN_PROGRESS));
        for (int busy = 0; busy < 50; busy++) {
            exchanges.add(answer(MrpcError.HANDLER_BUSY.code(), new byte[4]));
        }
        assertThat(line.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.HANDLER_BUSY));
        assertThat(exchanges).isNotEmpty();
    }

    /** As the kernel's driver is, whose switch still works on the last command: nothing may be written beside it. */
    @Test
    void whileAnAnswerIsOwedNothingIsSent() throws Exception {
        SwitchLine line = line();
        drained.add(SwitchtecLink.Drained.STILL_BUSY);
        assertThatThrownBy(() -> line.read(ECHO)).isInstanceOf(HalException.Unavailable.class);
        assertThat(calls).containsExactly("open");
    }

    @Test
    void aLinkIsClosedOnce() throws Exception {
        SwitchLine line = line();
        line.close();
        line.close();
        assertThat(calls).containsExactly("open", "close");
    }
}
