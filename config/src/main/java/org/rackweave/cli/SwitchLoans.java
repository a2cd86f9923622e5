package org.rackweave.cli;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * What the daemon that owns a switch says of the slices on it. Owned is a switch that this machine's configuration names, one that it may
 * name by another way, or any that is spoken of with {@code --node}.
 *
 * @param slices by key, as the daemon says
 * @param wanted the kinds that somebody waits for at that daemon
 * @param names of nodes
 * @param silence why nobody said anything; empty when the daemon answered
 */
record SwitchLoans(
        Owner owner,
        Map<String, SliceView> slices,
        Set<ResourceKind> wanted,
        Optional<NodeNames> names,
        String silence) {
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
        wanted = Set.copyOf(wanted);
    }

    static SwitchLoans asked(Session session, SwitchName name) {
        try {
            if (!session.isNodeNamed() && !isOwned(session, name)) {
                return unknown(
                        Owner.NONE_KNOWN,
                        "no daemon that is known on this machine owns this switch; name it with --node");
            }
            List<SliceView> slices = session.ask(Answer.Slices.class, new Command.ListSlices(Optional.empty()))
                    .slices();
            Map<String, SliceView> byKey = new LinkedHashMap<>();
            slices.forEach(slice -> byKey.put(slice.id().key(), slice));
            Set<ResourceKind> wanted = EnumSet.noneOf(ResourceKind.class);
            session.ask(Answer.Wants.class, new Command.ListWants())
                    .wants()
                    .forEach(want -> wanted.add(want.requirement().kind()));
            return new SwitchLoans(Owner.ANSWERED, byKey, wanted, Optional.of(NodeNames.asked(session)), "");
        } catch (CommandFailed silent) {
            return unknown(
                    Owner.SILENT,
                    "the daemon that owns this switch cannot be asked: "
                            + silent.problem().replaceAll("\\s+", " "));
        }
    }

    private static SwitchLoans unknown(Owner owner, String why) {
        return new SwitchLoans(owner, Map.of(), Set.of(), Optional.empty(), why);
    }

    private static boolean isOwned(Session session, SwitchName name) throws CommandFailed {
        return SwitchName.ownedBy(session.configuration().lending().interposer()).stream()
                .anyMatch(owned -> owned.mayBeSameAs(name));
    }

    /** What a daemon lends this as, if it does. */
    Optional<SliceView> sliceOf(SwitchView.Part part) {
        return part.sliceKeys().stream()
                .filter(slices::containsKey)
                .map(slices::get)
                .findFirst();
    }

    /** The slice that a daemon calls so. */
    Optional<SliceView> slice(String key) {
        return Optional.ofNullable(slices.get(key));
    }

    /** Those that somebody has, waits for, or is about to have or to lose; also those that may be so, where a device did not say who it is. */
    List<SliceView> held(List<SwitchView.Part> parts) {
        return parts.stream()
                .flatMap(part -> candidates(part).stream())
                .filter(this::isHeld)
                .distinct()
                .toList();
    }

    private List<SliceView> candidates(SwitchView.Part part) {
        Optional<SliceView> known = sliceOf(part);
        Optional<String> end = known.isPresent() ? Optional.empty() : part.keyEnd();
        // A piece may be at any logical device of its device: the daemon does not say at which.
        Predicate<String> isPossible = key -> end.filter(key::endsWith).isPresent()
                || part.pieceKeys()
                        .filter(pieces -> pieces.matcher(key).matches())
                        .isPresent();
        return Stream.concat(
                        known.stream(),
                        slices.values().stream()
                                .filter(slice -> isPossible.test(slice.id().key())))
                .toList();
    }

    /** A slice in quarantine without a lease is for people to repair. Of what is free a daemon does not say for whom it is kept. */
    private boolean isHeld(SliceView slice) {
        return switch (slice.state()) {
            case FREE -> isWanted(slice);
            case QUARANTINED -> slice.lease().isPresent();
            case RESERVED, CONFIGURING, ACTIVE, OVERDUE, RECLAIMING, FENCING, SANITISING -> true;
        };
    }

    private boolean isWanted(SliceView slice) {
        return slice.state() == SliceState.FREE && wanted.contains(slice.kind());
    }

    /** A slice and who has it, in a few words: {@code port16 active, bravo}. */
    String said(SliceView slice) {
        String who = slice.holder()
                .map(holder -> names.map(known -> known.of(holder)).orElse(holder.brief()))
                .map(holder -> ", " + holder)
                .orElse("");
        String waiting =
                isWanted(slice) ? ", and somebody waits for " + slice.kind().word() : "";
        return slice.id().key() + " " + slice.state().word() + who + waiting;
    }

    String said(List<SliceView> slices) {
        return slices.stream().map(this::said).collect(Collectors.joining("; "));
    }
}
