package org.rackweave.daemon.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.OrderOutcome;

/** A VM of one process, and a window that it may have open, by a copy of the kernel's files. */
class LettingGoTest {
    private static final long PID = 7;
    private static final LeaseId LEASE = new LeaseId(1, 1);

    @TempDir
    Path dir;

    private final OneProcess vm = new OneProcess();
    private Path window;
    private LettingGo lettingGo;
    private ForcedEndEffect forcedEnd = ForcedEndEffect.TOLERATED;

    private static final class OneProcess implements HostControl {
        private BitSet cpus = ProcFile.cpuList("0");

        @Override
        public BitSet cpus() {
            return (BitSet) cpus.clone();
        }

        @Override
        public void runOn(BitSet next) {
            cpus = (BitSet) next.clone();
        }

        @Override
        public OptionalLong memoryBytes() {
            return OptionalLong.empty();
        }

        @Override
        public void limitMemory(long bytes) {}

        @Override
        public OptionalLong usedMemoryBytes() {
            return OptionalLong.empty();
        }

        @Override
        public List<Long> processes() {
            return List.of(PID, PID + 1);
        }

        @Override
        public long cpuMicros() {
            return 0;
        }
    }

    @BeforeEach
    void aWindowAndAProcess() throws IOException {
        window = Files.write(dir.resolve("mem0"), new byte[3 * 4_096 + 1]);
        Files.createDirectories(dir.resolve("proc/7/fd"));
        Files.writeString(dir.resolve("proc/7/maps"), "7f00-7f01 r--p 0 fe:00 5    /lib/libc.so\n");
        Host host = new Host(
                ProcFile.cpuList("0"),
                0,
                List.of(new AgentConfiguration.Vm("db", 1, 1, 1, 0, 0, new AgentConfiguration.Place.InProcess(PID))),
                Map.of("db", vm));
        lettingGo = new LettingGo(host, new OpenFiles(dir.resolve("proc")));
    }

    private static HostOrder.LetGo recalled(long number, long withinMillis) {
        return new HostOrder.LetGo(number, new LoanId(2, 2), LEASE, withinMillis);
    }

    private static HostOrder.LetGo unused() {
        return new HostOrder.LetGo(9, new LoanId(2, 2), LEASE, 60_000, HostOrder.LetGo.Why.UNUSED);
    }

    private Optional<Command.OrderDone> told(HostOrder.LetGo order, long nowMillis) throws ControlException {
        return lettingGo.told(order, new Windows.Window(window, forcedEnd), nowMillis);
    }

    private void open() throws IOException {
        Files.createSymbolicLink(dir.resolve("proc/7/fd/3"), window);
    }

    private void map() throws IOException {
        Files.writeString(dir.resolve("proc/7/maps"), "7f00-7f01 rw-s 0 fe:00 5    " + window + " (deleted)\n");
    }

    private void close() throws IOException {
        Files.deleteIfExists(dir.resolve("proc/7/fd/3"));
        Files.writeString(dir.resolve("proc/7/maps"), "");
    }

    @Test
    void what_nobody_has_open_is_let_go_of_at_once() throws Exception {
        assertThat(told(recalled(1, 60_000), 0)).contains(new Command.OrderDone(1, OrderOutcome.DONE, ""));
        assertThat(lettingGo.isIdle()).isTrue();
    }

    @Test
    void what_is_open_is_told_once_and_let_go_of_as_soon_as_it_is_closed() throws Exception {
        open();
        assertThat(told(recalled(1, 60_000), 0).orElseThrow().outcome()).isEqualTo(OrderOutcome.NOT_YET);
        assertThat(told(recalled(1, 50_000), 10_000)).isEmpty();
        assertThat(lettingGo.look(20_000)).isEmpty();
        close();
        assertThat(lettingGo.look(21_000)).containsExactly(new Command.OrderDone(1, OrderOutcome.DONE, ""));
        assertThat(vm.cpus().isEmpty()).isFalse();
    }

    @Test
    void what_is_still_mapped_when_the_time_is_over_is_stopped_whether_the_card_lives_or_not() throws Exception {
        map();
        assertThat(told(recalled(1, 60_000), 1_000)).isPresent();
        assertThat(lettingGo.look(55_999)).isEmpty();
        assertThat(vm.cpus().isEmpty()).isFalse();

        assertThat(lettingGo.look(56_000)).containsExactly(new Command.OrderDone(1, OrderOutcome.DONE, "stopped [db]"));
        assertThat(vm.cpus().isEmpty()).isTrue();
        assertThatThrownBy(() -> lettingGo.requireMayRun("db")).hasMessageContaining("open, which is gone");
        close();
        assertThatCode(() -> lettingGo.requireMayRun("db")).doesNotThrowAnyException();
    }

    @Test
    void a_card_that_tells_it_again_gives_no_more_time() throws Exception {
        open();
        assertThat(told(recalled(1, 60_000), 0)).isPresent();
        assertThat(told(recalled(2, 60_000), 50_000)).isPresent();
        assertThat(lettingGo.look(55_000)).containsExactly(new Command.OrderDone(2, OrderOutcome.DONE, "stopped [db]"));
    }

    @Test
    void nobody_is_stopped_for_what_its_owner_would_not_take_away() throws Exception {
        forcedEnd = ForcedEndEffect.FATAL;
        open();
        assertThat(told(recalled(1, 60_000), 0).orElseThrow().outcome()).isEqualTo(OrderOutcome.NOT_YET);
        assertThat(lettingGo.look(1_000_000)).isEmpty();
        assertThat(vm.cpus().isEmpty()).isFalse();
        close();
        assertThat(lettingGo.look(1_000_001)).hasSize(1);
    }

    @Test
    void a_short_time_is_half_the_vms() throws Exception {
        open();
        assertThat(told(recalled(1, 4_000), 0)).isPresent();
        assertThat(lettingGo.look(1_999)).isEmpty();
        assertThat(lettingGo.look(2_000)).hasSize(1);
    }

    @Test
    void what_is_not_used_goes_only_when_nobody_has_it_open_and_nothing_is_in_it() throws Exception {
        assertThat(told(unused(), 0)).contains(new Command.OrderDone(9, OrderOutcome.DONE, ""));
        open();
        assertThatThrownBy(() -> told(unused(), 0)).hasMessageContaining("is open in [db]");
        close();
        byte[] content = new byte[3 * 4_096 + 1];
        content[3 * 4_096] = 1;
        Files.write(window, content);
        assertThatThrownBy(() -> told(unused(), 0)).hasMessageContaining("holds something");
        Files.delete(window);
        assertThatThrownBy(() -> told(unused(), 0)).hasMessageContaining("cannot be read");
        assertThat(lettingGo.isIdle()).isTrue();
        assertThat(vm.cpus().isEmpty()).isFalse();
    }
}
