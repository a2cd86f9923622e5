package org.rackweave.sim.switchtec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;
import org.rackweave.sim.switchtec.SwitchtecModel.Ending;

class SwitchtecModelTest {
    private static final long SEED = 5;
    private static final int STEPS = 20_000;
    private static final List<StackLanes> SPLITS = List.of(
            new StackLanes(List.of(16, 0, 0, 0, 0, 0, 0, 0)),
            new StackLanes(List.of(8, 0, 0, 0, 8, 0, 0, 0)),
            new StackLanes(List.of(4, 0, 4, 0, 4, 0, 4, 0)),
            new StackLanes(List.of(2, 2, 2, 2, 2, 2, 2, 2)),
            new StackLanes(List.of(16, 0, 0, 0, 8, 0, 0, 0)));

    /** Anything in any order: the state can always be kept as a text that says the same, and that the configuration's rules accept. */
    @Test
    void afterAnyCommandsTheStateIsOneThatCanBe() {
        Random random = new Random(SEED);
        SwitchtecModel model = new SwitchtecModel(SwitchtecConfig.parse(SwitchtecConfig.USUAL));
        int mostBound = 0;
        int splits = 0;
        for (int step = 0; step < STEPS; step++) {
            Verdict verdict =
                    model.handle(command(random), random.nextInt(5) == 0 ? Ending.FAILS : Ending.AS_TOLD, step * 50L);
            SwitchtecConfig now = model.config();
            assertThat(SwitchtecConfig.parse(now.text()))
                    .as("seed %d, step %d", SEED, step)
                    .isEqualTo(now);
            assertThat(Set.copyOf(now.binds().values()))
                    .hasSameSizeAs(now.binds().values());
            assertThat(now.binds().keySet())
                    .doesNotContainAnyElementsOf(now.upstreams().keySet());
            mostBound = Math.max(mostBound, now.binds().size());
            splits += verdict instanceof Verdict.Done done && done.answer() instanceof MrpcAnswer.Bifurcation ? 1 : 0;
        }
        assertThat(mostBound).as("ports bound at a time").isGreaterThan(4);
        assertThat(splits).as("stacks split").isGreaterThan(10);
    }

    private static MrpcCommand<?> command(Random random) {
        LogicalPlace place = new LogicalPlace(random.nextInt(5), random.nextInt(10));
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> new MrpcCommand.Bind(place, new PhysicalPort(random.nextInt(34)));
            case 4 -> new MrpcCommand.Unbind(place);
            case 5 ->
                new MrpcCommand.ControlPort(
                        random.nextBoolean()
                                ? MrpcCommand.ControlPort.Action.DISABLE
                                : MrpcCommand.ControlPort.Action.ENABLE,
                        new PhysicalPort(random.nextInt(34)));
            default -> new MrpcCommand.Bifurcate(random.nextInt(5), SPLITS.get(random.nextInt(SPLITS.size())));
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "product sfp|psx or pax",
                "partitions 49|1 to 48",
                "partitions|word is missing",
                "partitions four|not a number",
                "stack 0 16,0,0,0,8|do not fit",
                "stack 0 3|lanes",
                "stack 6 16|stack is 0 to 5",
                "upstream 0 0|no stack makes",
                "bound 64 0 1|physical port is 0 to 63",
                "nothing 1|begin a line with",
                "bind-time 60001|0 to 60000"
            })
    void aConfigurationThatCannotBeSaysWhy(String line, String said) {
        assertThatThrownBy(() -> SwitchtecConfig.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void twoPortsAtOneLogicalPortCannotBe() {
        assertThatThrownBy(() -> SwitchtecConfig.parse(SwitchtecConfig.USUAL + "bound 8 0 1\nbound 16 0 1\n"))
                .hasMessageContaining("two ports");
    }

    @Test
    void aFaultIsALineThatCanBeReadAgain() {
        for (String line : List.of("bind late 2000ms 1", "any refuse", "read-bifurcation short 3", "unbind fail")) {
            assertThat(SwitchtecFault.parse(line).text()).isEqualTo(line);
        }
        assertThat(SwitchtecFault.parse("bind hang 5s").command()).isEqualTo(Optional.of(MrpcKind.BIND));
        for (String wrong : List.of("bind", "bind melt", "melt refuse", "bind hang", "bind refuse 5s", "Bind refuse")) {
            assertThatThrownBy(() -> SwitchtecFault.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
