package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import picocli.CommandLine;

/** The switch as a state machine that is told the time. */
class CxlSwitchTest {
    private static final BindVppb.Request BIND = new BindVppb.Request(0, 1, 3, 0);

    private final CxlSwitch device;

    CxlSwitchTest() throws IOException {
        device = new CxlSwitch(SwitchPlan.usual(), Dialect.CXL3);
    }

    @Test
    void a_bind_takes_its_time_and_is_busy_until_then() {
        assertThat(at(0, BIND)).isEqualTo(Handled.as(ReturnCode.BACKGROUND_STARTED));

        assertThat(binding(10)).isEqualTo(VcsInfo.Binding.BUSY);
        assertThat(status(10).activity()).isEqualTo(BackgroundStatus.Activity.RUNNING);
        assertThat(status(10).percent()).isEqualTo(50);
        assertThat(portState(10)).isEqualTo(PortState.State.BINDING);
        assertThat(at(19, new BindVppb.Request(1, 1, 3, 1))).isEqualTo(Handled.as(ReturnCode.BUSY));
        assertThat(at(19, new UnbindVppb.Request(0, 1, UnbindVppb.How.SURPRISE)))
                .isEqualTo(Handled.as(ReturnCode.BUSY));

        assertThat(status(20).activity()).isEqualTo(BackgroundStatus.Activity.IDLE);
        assertThat(status(20).opcode()).isEqualTo(0x5201);
        assertThat(binding(20)).isEqualTo(VcsInfo.Binding.LD);
        assertThat(portState(20)).isEqualTo(PortState.State.DOWNSTREAM);
    }

    @Test
    void what_is_not_bound_cannot_be_unbound() {
        assertThat(at(0, new UnbindVppb.Request(0, 1, UnbindVppb.How.SURPRISE)))
                .isEqualTo(Handled.as(ReturnCode.INVALID_INPUT));
        assertThat(at(0, new UnbindVppb.Request(9, 1, UnbindVppb.How.SURPRISE)))
                .isEqualTo(Handled.as(ReturnCode.INVALID_INPUT));
    }

    @Test
    void bindings_of_the_plan_are_there_from_the_start() throws IOException {
        CxlSwitch old = new CxlSwitch(SwitchText.parse("""
                        port 0 upstream
                        port 3 mld 1GiB lds 2
                        vcs 0 upstream 0 vppbs 2
                        bound 0 1 to 3 ld 1
                        """), Dialect.CXL3);
        VcsInfo.Response info = (VcsInfo.Response) old.handle(VcsInfo.Request.allOf(0), CxlSwitch.Honesty.HONEST, 0)
                .response()
                .orElseThrow();
        assertThat(info.virtualSwitches().get(0).entries().get(1))
                .isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.LD, 3, 1));
        assertThat(info.virtualSwitches().get(0).entries().get(0))
                .isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.UNBOUND, 0, 0xFF));
    }

    @Test
    void the_command_takes_a_port_and_a_plan_that_makes_no_sense_says_which_line() {
        CommandLine command = new CommandLine(new CxlSwitchCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        assertThat(command.parseArgs("--port", "0").expandedArgs()).hasSize(2);
        for (String line : List.of(
                "port 8 dcd 256MiB lds 1 block 3MiB",
                "port 8 dcd 100MiB lds 1 block 1MiB",
                "port 8 dcd 256MiB lds 17 block 1MiB",
                "port 8 dcd 256MiB lds 1 block 1MiB regions 9",
                "port 6 mhd 1GiB lds 4 heads 3",
                "host 0 dances",
                "storm 2 -1")) {
            assertThatThrownBy(() -> SwitchText.parse(line))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(line);
        }
    }

    private Handled at(long millis, FmRequest<?> request) {
        return device.handle(request, CxlSwitch.Honesty.HONEST, millis);
    }

    private BackgroundStatus.Response status(long millis) {
        return (BackgroundStatus.Response)
                at(millis, new BackgroundStatus.Request()).response().orElseThrow();
    }

    private VcsInfo.Binding binding(long millis) {
        VcsInfo.Response info = (VcsInfo.Response)
                at(millis, VcsInfo.Request.allOf(0)).response().orElseThrow();
        return info.virtualSwitches().get(0).entries().get(1).binding();
    }

    private PortState.State portState(long millis) {
        PortState.Response ports = (PortState.Response)
                at(millis, new PortState.Request(List.of(3))).response().orElseThrow();
        return ports.ports().get(0).state();
    }
}
