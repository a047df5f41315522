// SPDX-License-Identifier: Apache-2.0
// Interop FORMAT FILE - prints a file as marc4j (libmarc4j-java) reads it, in the line format. FORMAT: iso (UTF-8),
// marc8 (decoded by marc4j), xml, json. The leader's lengths (0-4, 12-16) are blanked.
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.text.Normalizer;
import org.marc4j.MarcJsonReader;
import org.marc4j.MarcPermissiveStreamReader;
import org.marc4j.MarcReader;
import org.marc4j.MarcStreamReader;
import org.marc4j.MarcXmlReader;
import org.marc4j.marc.ControlField;
import org.marc4j.marc.DataField;
import org.marc4j.marc.Record;
import org.marc4j.marc.Subfield;
import org.marc4j.marc.VariableField;

public class Interop {
    public static void main(String[] args) throws Exception {
        InputStream in = new BufferedInputStream(new FileInputStream(args[1]));
        boolean isMarc8 = args[0].equals("marc8");
        MarcReader reader = args[0].equals("xml") ? new MarcXmlReader(in)
            : args[0].equals("json") ? new MarcJsonReader(in)
            : isMarc8 ? new MarcPermissiveStreamReader(in, true, true) : new MarcStreamReader(in, "UTF-8");
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        while (reader.hasNext()) {
            Record record = reader.next();
            StringBuilder text = new StringBuilder(record.getLeader().marshal());
            for (int i = 0; i < 5; i++) {
                text.setCharAt(i, ' ');
                text.setCharAt(12 + i, ' ');
            }
            text.append('\n');
            for (VariableField field : record.getVariableFields()) {
                text.append(field.getTag()).append(' ');
                if (field instanceof ControlField) {
                    text.append(((ControlField) field).getData());
                } else {
                    DataField data = (DataField) field;
                    text.append(data.getIndicator1()).append(data.getIndicator2());
                    for (Subfield s : data.getSubfields())
                        text.append(" $").append(s.getCode()).append(' ').append(s.getData());
                }
                text.append('\n');
            }
            text.append('\n');
            // MARC-8 has its marks apart from the letters; we compose them.
            out.print(isMarc8 ? Normalizer.normalize(text, Normalizer.Form.NFC) : text.toString());
        }
        out.flush();
    }
}
