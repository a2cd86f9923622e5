package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * What the daemon that owns a switch says of the slices on it. Owned is a switch that this machine's configuration names, or any that is
 * spoken of with {@code --node}.
 *
 * @param slices by key, as the daemon says
 * @param names of nodes
 * @param silence why nobody said anything; empty when the daemon answered
 */
record SwitchLoans(Owner owner, Map<String, SliceView> slices, Optional<NodeNames> names, String silence) {
    /** Whether there is a daemon that lends from the switch. */
    enum Owner {
        /** None that is known here: the slices are nobody's, as far as this machine can tell. */
        NONE_KNOWN,
        /** One that answered. */
        ANSWERED,
        /** One that should be there and was not reached. */
        SILENT
    }

    SwitchLoans {
        slices = Map.copyOf(slices);
    }

    static SwitchLoans asked(Session session, SwitchName name) {
        try {
            if (!session.isNodeNamed() && !isOwned(session, name)) {
                return new SwitchLoans(
                        Owner.NONE_KNOWN,
                        Map.of(),
                        Optional.empty(),
                        "no daemon that is known on this machine owns this switch; name it with --node");
            }
            List<SliceView> slices = session.ask(Answer.Slices.class, new Command.ListSlices(Optional.empty()))
                    .slices();
            Map<String, SliceView> byKey = new LinkedHashMap<>();
            slices.forEach(slice -> byKey.put(slice.id().key(), slice));
            return new SwitchLoans(Owner.ANSWERED, byKey, Optional.of(NodeNames.asked(session)), "");
        } catch (CommandFailed silent) {
            return new SwitchLoans(
                    Owner.SILENT,
                    Map.of(),
                    Optional.empty(),
                    "the daemon that owns this switch cannot be asked: "
                            + silent.problem().replaceAll("\\s+", " "));
        }
    }

    private static boolean isOwned(Session session, SwitchName name) throws CommandFailed {
        return SwitchName.ownedBy(session.configuration().lending().interposer()).stream()
                .anyMatch(owned -> owned.isSameAs(name));
    }

    /** What a daemon lends this as, if it does. */
    Optional<SliceView> sliceOf(SwitchView.Part part) {
        return part.sliceKeys().stream()
                .filter(slices::containsKey)
                .map(slices::get)
                .findFirst();
    }

    /** Those that somebody has, waits for, or is about to have or to lose; also those that may be so, where a device did not say who it is. */
    List<SliceView> held(List<SwitchView.Part> parts) {
        return parts.stream()
                .flatMap(part -> candidates(part).stream())
                .filter(SwitchLoans::isHeld)
                .distinct()
                .toList();
    }

    private List<SliceView> candidates(SwitchView.Part part) {
        Optional<SliceView> known = sliceOf(part);
        if (known.isPresent() || part.keyEnd().isEmpty()) {
            return known.stream().toList();
        }
        return slices.values().stream()
                .filter(slice -> slice.id().key().endsWith(part.keyEnd().get()))
                .toList();
    }

    /** A slice in quarantine without a lease is for people to repair. */
    private static boolean isHeld(SliceView slice) {
        boolean isIdle = slice.state() == SliceState.FREE || slice.state() == SliceState.QUARANTINED;
        return !isIdle || slice.lease().isPresent() || slice.heldAtPriority().isPresent();
    }

    /** A slice and who has it, in a few words: {@code port16 active, bravo}. */
    String said(SliceView slice) {
        String who = slice.holder()
                .map(holder -> names.map(known -> known.of(holder)).orElse(holder.brief()))
                .map(holder -> ", " + holder)
                .orElse("");
        String wanted = slice.heldAtPriority().isPresent() ? ", kept for a want" : "";
        return slice.id().key() + " " + slice.state().word() + who + wanted;
    }

    String said(List<SliceView> slices) {
        return slices.stream().map(this::said).collect(Collectors.joining("; "));
    }
}
