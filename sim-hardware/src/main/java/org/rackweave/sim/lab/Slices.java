package org.rackweave.sim.lab;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;

/** The memory slices of a node, as it says itself. */
public final class Slices {
    private Slices() {}

    public static List<SliceView> of(Rack rack, String owner) throws LabFailure {
        return rack.ask(owner, new Command.ListSlices(Optional.of(ResourceKind.MEMORY)), Answer.Slices.class)
                .slices();
    }
}
