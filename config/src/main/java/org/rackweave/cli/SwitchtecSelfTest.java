package org.rackweave.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;

/** Every command that only reads, sent once to a Switchtec; what is about one port is about the first that it shows. */
final class SwitchtecSelfTest {
    /** A pattern in which no two bytes are the same, so that a swapped one shows. */
    private static final int WORD = 0x12345678;

    private static final Set<MrpcError> NO_SUCH =
            Set.of(MrpcError.UNSUPPORTED, MrpcError.COMMAND_INVALID, MrpcError.SUBCOMMAND_INVALID);
    private static final Set<MrpcError> NO_STACK = Set.of(MrpcError.NO_SUCH_STACK, MrpcError.STACK_INVALID);

    private final Asked<String> identity;
    private final Way way;
    private Optional<PhysicalPort> first = Optional.empty();

    /** Something that has to be had from the switch. */
    interface Asked<T> {
        T get() throws CommandFailed;
    }

    /** How the switch is asked. */
    interface Way {
        <A extends MrpcAnswer> Outcome<A> perform(MrpcCommand<A> command) throws CommandFailed;
    }

    SwitchtecSelfTest(Asked<String> identity, Way way) {
        this.identity = identity;
        this.way = way;
    }

    /** In an order in which the earlier ones say what the later ones are about. */
    List<SelfCheck> checks() {
        List<SelfCheck> checks = new ArrayList<>();
        checks.add(new SelfCheck("identity", () -> asked(() -> SelfCheck.Finding.pass(identity.get()))));
        checks.add(check(new MrpcCommand.Echo(WORD), answer -> "the complement came back"));
        checks.add(check(
                new MrpcCommand.Ping(WORD),
                ping -> ping.phase() == MrpcAnswer.Pinged.PHASE_FIRMWARE
                        ? "the main firmware runs"
                        : "phase " + ping.phase() + " runs, not the main firmware"));
        checks.add(
                check(new MrpcCommand.ReadPaxId(), own -> "number " + own.id().value() + " in its fabric"));
        checks.add(check(
                new MrpcCommand.DieTemperature(),
                heat -> String.format(Locale.ROOT, "%.2f degrees Celsius", heat.centiCelsius() / 100.0)));
        checks.add(check(MrpcCommand.LinkStatus.ALL, this::said));
        checks.add(check(MrpcCommand.BindInfo.ALL, binds -> binds.ports().size() + " downstream ports"));
        for (int stack = 0; stack <= StackLanes.MAX_STACK; stack++) {
            int number = stack;
            checks.add(new SelfCheck(
                    MrpcKind.READ_BIFURCATION.operation() + " of stack " + number,
                    () -> found(
                            new MrpcCommand.ReadBifurcation(number),
                            answer -> SwitchtecAtHand.widths(answer.lanes().widths()))));
        }
        checks.add(about(
                MrpcKind.BANDWIDTH,
                port -> found(
                        new MrpcCommand.Bandwidth(List.of(
                                new MrpcCommand.Bandwidth.Counted(port, MrpcCommand.Bandwidth.Afterwards.GOES_ON))),
                        counted -> "counters of port " + port.id())));
        checks.add(about(
                MrpcKind.READ_PORT_CONFIGURATION,
                port -> found(new MrpcCommand.ReadPortConfiguration(port), answer -> "of port " + port.id())));
        return checks;
    }

    private String said(MrpcAnswer.Links links) {
        first = links.ports().stream().map(MrpcAnswer.PortLink::port).findFirst();
        return links.ports().size() + " ports";
    }

    private <A extends MrpcAnswer> SelfCheck check(MrpcCommand<A> command, Function<A, String> said) {
        return new SelfCheck(command.kind().operation(), () -> found(command, said));
    }

    private SelfCheck about(MrpcKind kind, Function<PhysicalPort, SelfCheck.Finding> question) {
        return new SelfCheck(kind.operation(), () -> first.map(question)
                .orElseGet(() -> SelfCheck.Finding.notKnown("there is no port to ask about")));
    }

    private <A extends MrpcAnswer> SelfCheck.Finding found(MrpcCommand<A> command, Function<A, String> said) {
        return asked(() -> {
            Outcome<A> outcome = way.perform(command);
            return switch (outcome.kind()) {
                case ANSWERED -> SelfCheck.Finding.pass(said.apply(((Outcome.Answered<A>) outcome).answer()));
                case REFUSED -> refused(((Outcome.Refused<A>) outcome).error());
                case NOT_SENT -> SelfCheck.Finding.fail("not sent: " + ((Outcome.NotSent<A>) outcome).why());
                case UNKNOWN -> SelfCheck.Finding.fail(((Outcome.Unknown<A>) outcome).seen());
            };
        });
    }

    private static SelfCheck.Finding refused(MrpcError error) {
        String word = SwitchWords.word(error);
        return NO_SUCH.contains(error) || NO_STACK.contains(error)
                ? SelfCheck.Finding.notKnown(word)
                : SelfCheck.Finding.fail("refused: " + word);
    }

    private static SelfCheck.Finding asked(Asked<SelfCheck.Finding> question) {
        try {
            return question.get();
        } catch (CommandFailed failed) {
            return SelfCheck.Finding.fail(failed.problem());
        }
    }
}
