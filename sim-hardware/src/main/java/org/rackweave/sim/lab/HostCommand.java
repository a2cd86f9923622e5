package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave-lab host}: stands for a program on a borrower's host that uses what was lent. */
@Command(
        name = "host",
        mixinStandardHelpOptions = true,
        description = "Map windows and write to them or read them, as a program on a host does.")
final class HostCommand implements Callable<Integer> {
    /** What such a program does. */
    enum Use {
        /** Leaves a mark at the start, in the middle and at the end. */
        WRITE,
        /** Reads every byte. */
        READ
    }

    @Parameters(index = "0", paramLabel = "USE", description = "write or read.")
    private Use use = Use.READ;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "WINDOW", description = "Where each window is.")
    private List<Path> windows = new ArrayList<>();

    @Option(names = "--mark", paramLabel = "TEXT", description = "What is written, or looked for (${DEFAULT-VALUE}).")
    private String mark = "rackweave";

    @Override
    public Integer call() throws LabFailure {
        for (Path path : windows) {
            Window window = new Window(path);
            try {
                if (use == Use.WRITE) {
                    window.write(mark);
                }
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("window", path.toString());
                line.put("marks", window.marksOf(mark));
                if (use == Use.READ) {
                    line.put("nonZeroBytes", window.nonZeroBytes());
                }
                System.out.println(JsonText.line(line));
            } catch (IOException failed) {
                throw new LabFailure("window " + path + ": " + failed, failed);
            }
        }
        return 0;
    }
}
