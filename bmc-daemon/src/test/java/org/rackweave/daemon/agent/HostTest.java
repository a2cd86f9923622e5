package org.rackweave.daemon.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;

class HostTest {
    private static final AgentConfiguration.Place ANYWHERE = new AgentConfiguration.Place.InCgroup(Path.of("/"));

    private final Held low = new Held("0-3");
    private final Held high = new Held("0-3");
    private final Host host = new Host(
            ProcFile.cpuList("0-3"),
            0,
            List.of(
                    new AgentConfiguration.Vm("low", 1, 1, 4, 0, 0, ANYWHERE),
                    new AgentConfiguration.Vm("high", 5, 1, 1, 0, 0, ANYWHERE)),
            Map.of("low", low, "high", high));

    /** A VM that is what it was told to be. */
    private static final class Held implements HostControl {
        private BitSet cpus;
        private long micros;

        Held(String list) {
            cpus = ProcFile.cpuList(list);
        }

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
        public void limitMemory(long bytes) throws ControlException {
            throw new ControlException("no memory here");
        }

        @Override
        public OptionalLong usedMemoryBytes() {
            return OptionalLong.empty();
        }

        @Override
        public List<Long> processes() {
            return List.of();
        }

        @Override
        public long cpuMicros() {
            return micros;
        }

        String list() {
            return ProcFile.cpuList(cpus);
        }
    }

    @Test
    void vms_that_share_cpus_are_laid_out_apart_the_highest_priority_first() throws ControlException {
        host.layOut();

        assertThat(high.list()).isEqualTo("0");
        assertThat(low.list()).isEqualTo("1-3");
    }

    @Test
    void what_an_earlier_agent_left_is_left() throws ControlException {
        low.cpus = ProcFile.cpuList("2");
        high.cpus = ProcFile.cpuList("0-1,3");

        host.layOut();

        assertThat(high.list()).isEqualTo("0-1,3");
        assertThat(low.list()).isEqualTo("2");
    }

    @Test
    void a_vm_keeps_cpus_that_it_has_and_gets_none_of_another() throws ControlException {
        host.layOut();

        assertThatThrownBy(() -> host.set("high", ResourceKind.CORES, 2))
                .hasMessageContaining("only 1 are not others'");
        assertThat(high.list()).isEqualTo("0");
        host.set("low", ResourceKind.CORES, 2);
        host.set("high", ResourceKind.CORES, 2);

        assertThat(low.list()).isEqualTo("1-2");
        assertThat(high.list()).isEqualTo("0,3");
    }

    @Test
    void use_is_what_was_used_of_what_could_have_been() throws ControlException {
        host.layOut();
        host.report(10_000, List.of());
        low.micros = 1_500_000;
        high.micros = 2_000_000;

        HostReport report = host.report(11_000, List.of());

        assertThat(report.vms().get(0).shares().get(0))
                .isEqualTo(new HostReport.Share(ResourceKind.CORES, 1, 4, 3, 50));
        assertThat(report.vms().get(1).shares().get(0).usedPercent()).isEqualTo(100);
    }

    @Test
    void a_vm_whose_memory_nobody_limited_yet_is_said_to_hold_all_there_can_be() throws ControlException {
        Host one = new Host(
                ProcFile.cpuList("0-3"),
                1L << 30,
                List.of(new AgentConfiguration.Vm("low", 1, 1, 4, 1 << 20, 1 << 20, ANYWHERE)),
                Map.of("low", low));

        assertThat(one.report(1_000, List.of()).vms().get(0).shares().get(1))
                .isEqualTo(new HostReport.Share(ResourceKind.MEMORY, 1 << 20, 1 << 20, HostReport.MAX_AMOUNT, 0));
    }

    @Test
    void cpu_lists_are_read_and_written_like_the_kernel_does() {
        for (String list : List.of("", "0", "0-3", "0,2-3,7", "63-64")) {
            assertThat(ProcFile.cpuList(ProcFile.cpuList(list))).isEqualTo(list);
        }
        for (String wrong : List.of("a", "3-1", "1,", "99999", "1-2-3")) {
            assertThatThrownBy(() -> ProcFile.cpuList(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_program_with_any_name_is_read() {
        String stat = "7 (a) b) T 1 7 7 0 -1 4 1 0 0 0 30 12 0 0 20 0 1 0 5 0 0";

        assertThat(ProcFile.state(stat)).isEqualTo('T');
        assertThat(ProcFile.cpuMicros(stat)).isEqualTo(420_000);
    }
}
