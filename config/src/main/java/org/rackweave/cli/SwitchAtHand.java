package org.rackweave.cli;

import java.util.List;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.cxl.pool.LogicalDevice;
import org.rackweave.hal.cxl.pool.SwitchRoute;

/**
 * One switch, spoken to by this process itself, without a daemon. Each family of switches is one implementation. Nothing is sent before
 * something is asked.
 */
interface SwitchAtHand extends AutoCloseable {
    static SwitchAtHand of(SwitchName name) {
        return switch (name.kind()) {
            case CXL ->
                new CxlAtHand(name, FmRoute.tcp(((SwitchName.Cxl) name).place().socket()));
            case CXL_OF_THIS_MACHINE ->
                new CxlAtHand(name, SwitchRoute.parse(name.text()).orElseThrow());
            case SWITCHTEC_ETHERNET, SWITCHTEC_DRIVER -> new SwitchtecAtHand(name);
        };
    }

    /** Who answers, as a line. */
    String identity() throws CommandFailed;

    /** All that it shows, asked now. */
    SwitchView view() throws CommandFailed;

    /** The same in its family's own words. */
    Shown details(Table.Style style) throws CommandFailed;

    /**
     * The messages that would be sent by an order. The switch is asked only where they depend on how it speaks.
     *
     * @throws CommandFailed when the family has no such order, or a word or number in it is wrong
     */
    List<Message> messages(SwitchOrder order) throws CommandFailed;

    /**
     * What an order takes from under whoever uses it.
     *
     * @param view what the switch showed just before
     */
    List<SwitchView.Part> touched(SwitchOrder order, SwitchView view);

    /**
     * Carries out an order, follows it to its end, and reads back what became of it.
     *
     * @param view what the switch showed just before
     * @return what it shows now, as a sentence
     */
    String carryOut(SwitchOrder order, SwitchView view, LogicalDevice.Progress progress) throws CommandFailed;

    /** How wide the ports of a stack are, the first one first. */
    List<Integer> stackLanes(int stack) throws CommandFailed;

    List<SelfCheck> selfChecks();

    /**
     * Has the switch tell of what occurs, and clears what it told.
     *
     * @throws CommandFailed when this family, or this way to it, tells nothing
     */
    default SwitchEvents events() throws CommandFailed {
        throw new CommandFailed(
                ExitCode.USAGE,
                "--events: only a Switchtec at its management port tells of events here",
                "leave it out; changes are then seen at each look");
    }

    @Override
    void close();

    /** @param bytes in hexadecimal */
    record Message(String what, String bytes) {}
}
