package org.rackweave.sim.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.rackweave.sim.lab.LabFailure;

/** A gzipped CSV file without quotes, its first line naming the columns. */
record TraceFile(Path path, List<String> columns, List<String[]> rows) {
    static TraceFile read(Path path) throws LabFailure {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            List<String[]> rows = lines.lines().map(line -> line.split(",", -1)).toList();
            if (rows.isEmpty()) {
                throw new LabFailure("a trace without a first line: " + path);
            }
            return new TraceFile(path, Arrays.asList(rows.get(0)), rows.subList(1, rows.size()));
        } catch (IOException failed) {
            throw new LabFailure("cannot read the trace " + path + ": " + failed.getMessage(), failed);
        }
    }

    /** Where a column is. */
    int column(String name) throws LabFailure {
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new LabFailure("no column '" + name + "' in " + path + "; it has " + String.join(", ", columns));
        }
        return index;
    }
}
