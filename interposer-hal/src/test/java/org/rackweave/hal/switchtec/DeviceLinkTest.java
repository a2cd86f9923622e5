package org.rackweave.hal.switchtec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

class DeviceLinkTest {
    private static final Duration TIMEOUT = Duration.ofMillis(7);
    private static final MrpcCommand.Bind BIND = new MrpcCommand.Bind(new LogicalPlace(1, 2), new PhysicalPort(8));

    private final FakeDriver driver = new FakeDriver();
    private final DeviceLink link = new DeviceLink(driver, TIMEOUT);
    private final SwitchtecClient client = new SwitchtecClient(link);

    @Test
    void aCommandIsOneWriteOneWaitAndOneReadOfExactlyItsAnswer() {
        driver.answers.add(words(0, 0));
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Answered<>(new MrpcAnswer.Begun(0)));
        assertThat(driver.calls).containsExactly("write 0c007c0000010208", "await 7", "read 8");
    }

    @Test
    void aRefusalHasAName() {
        driver.answers.add(words(5, 0));
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.PHYSICAL_PORT_DISABLED));
        assertThat(driver.calls).hasSize(3);
    }

    @Test
    void aCodeWithoutANameSaysNothingOfWhatWasChanged() {
        driver.answers.add(words(0x7777, 0));
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Unknown<>("return code 0x7777, which has no name"));
    }

    @Test
    void afterATimeoutNothingIsWrittenUntilTheAnswerWasTakenAndThrownAway() {
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Unknown<>("no answer within 7 ms"));
        assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
        assertThat(link.drain(TIMEOUT)).isEqualTo(SwitchtecLink.Drained.STILL_BUSY);
        driver.answers.add(words(0, 0));
        assertThat(link.drain(TIMEOUT)).isEqualTo(SwitchtecLink.Drained.IDLE);
        driver.answers.add(words(1, 0));
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.PHYSICAL_PORT_BOUND));
        assertThat(driver.calls.stream().filter(call -> call.startsWith("write")))
                .hasSize(2);
    }

    @Test
    void whatTheDriverDoesNotTakeWasNotSent() {
        driver.failing = Optional.of(new HalException.Refused("/dev/fake", "write", "EBADE", "drain it"));
        assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
        driver.failing = Optional.empty();
        driver.answers.add(words(0, 0));
        assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.ANSWERED);
    }

    @Test
    void whatTheDriverTookInPartIsOfUnknownOutcomeAndTheLinkIsOfNoMoreUse() {
        driver.failing = Optional.of(new HalException.OutcomeUnknown("/dev/fake", "write", "EIO", "read it"));
        assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
        driver.failing = Optional.empty();
        assertThat(client.perform(BIND).kind()).isEqualTo(Outcome.Kind.NOT_SENT);
        assertThat(link.drain(TIMEOUT)).isEqualTo(SwitchtecLink.Drained.OPEN_ANEW);
    }

    @Test
    void aHalExceptionSaysWhetherSomethingMayHaveChanged() {
        assertThatThrownBy(() -> client.answerTo(BIND))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageStartingWith("/dev/fake: bind: no answer");
        assertThatThrownBy(() -> client.answerTo(BIND))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("drain");
        driver.answers.add(words(0));
        assertThat(link.drain(TIMEOUT)).isEqualTo(SwitchtecLink.Drained.IDLE);
        assertThatThrownBy(() -> client.answerTo(MrpcCommand.BindInfo.ALL))
                .isInstanceOf(HalException.Unavailable.class);
    }

    @Test
    void theDriversStructuresAreReadFieldByField() throws Exception {
        driver.answers.add(words(17, 2, 5));
        assertThat(SwitchtecIoctl.pffOf(driver, 2, 5)).isEqualTo(new SwitchtecIoctl.PffPort(17, 2, 5));
        ByteBuffer summary = ByteBuffer.allocate(1_240).order(ByteOrder.LITTLE_ENDIAN);
        summary.putLong(0, 1L << 33).putLong(8, 6).putInt(16, 0x10000);
        driver.answers.add(summary.array());
        assertThat(SwitchtecIoctl.events(driver)).isEqualTo(new SwitchtecIoctl.EventSummary(1L << 33, 6, 0x10000));
        assertThat(driver.calls).containsExactly("ask PORT_TO_PFF 12", "ask EVENT_SUMMARY 1240");
    }

    private static byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    /** Keeps what it was told, and answers when it has something to answer with. */
    private static final class FakeDriver implements MrpcFile {
        private final List<String> calls = new ArrayList<>();
        private final Deque<byte[]> answers = new ArrayDeque<>();
        private Optional<HalException> failing = Optional.empty();

        @Override
        public String path() {
            return "/dev/fake";
        }

        @Override
        public void write(byte[] command) throws HalException {
            if (failing.isPresent()) {
                throw failing.get();
            }
            calls.add("write " + HexFormat.of().formatHex(command));
        }

        @Override
        public Ready await(Duration timeout) {
            calls.add("await " + timeout.toMillis());
            return answers.isEmpty() ? Ready.NOT_YET : Ready.YES;
        }

        @Override
        public byte[] read(int bytes) {
            calls.add("read " + bytes);
            return answers.remove();
        }

        @Override
        public byte[] ask(SwitchtecIoctl request, byte[] argument) {
            calls.add("ask " + request + " " + argument.length);
            return answers.remove();
        }

        @Override
        public void close() {}
    }
}
