<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Lumbre</source>
        <translation>Acerca de Lumbre</translation>
    </message>
    <message>
        <source>Version {version}. A private chat with gpt-oss on this computer. Free software under the Apache License 2.0.</source>
        <translation>Versión {version}. Un chat privado con gpt-oss en este equipo. Software libre con licencia Apache 2.0.</translation>
    </message>
    <message>
        <source>&amp;Licences of what Lumbre is made with</source>
        <translation>&amp;Licencias de lo que forma parte de Lumbre</translation>
    </message>
    <message>
        <source>This is a copy of the source, not an installed program. The whole texts are collected when it is packed; here they lie beside the Python packages.</source>
        <translation>Esto es una copia del código fuente, no un programa instalado. Los textos completos se reúnen al empaquetarlo; aquí están junto a los paquetes de Python.</translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation>Copiar versiones</translation>
    </message>
    <message>
        <source>For a report of a mistake</source>
        <translation>Para informar de un error</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>AnswerTimes</name>
    <message>
        <source>a few seconds</source>
        <translation>unos segundos</translation>
    </message>
    <message>
        <source>about {n} s</source>
        <translation>unos {n} s</translation>
    </message>
    <message>
        <source>about {n} min</source>
        <translation>unos {n} min</translation>
    </message>
    <message>
        <source>The next answer re-reads {n} tokens: {time}.</source>
        <translation>La próxima respuesta vuelve a leer {n} tokens: {time}.</translation>
    </message>
</context>
<context>
    <name>AnswersPage</name>
    <message>
        <source>&amp;Reasoning level of new conversations</source>
        <translation>Nivel de &amp;razonamiento de las conversaciones nuevas</translation>
    </message>
    <message>
        <source>&amp;Instructions for new conversations</source>
        <translation>&amp;Instrucciones para las conversaciones nuevas</translation>
    </message>
    <message>
        <source>How the model should behave, for example: Answer briefly. A preset that is the default of new conversations takes the place of this and of the level.</source>
        <translation>Cómo debe comportarse el modelo, por ejemplo: Responde con brevedad. Un ajuste guardado con el que empiecen las conversaciones nuevas sustituye a esto y al nivel.</translation>
    </message>
    <message>
        <source>Tell the model today&apos;s &amp;date</source>
        <translation>Decir al modelo la &amp;fecha de hoy</translation>
    </message>
    <message>
        <source>A conversation keeps its date for up to a week: with another one the model would have to read all of it again.</source>
        <translation>Una conversación conserva su fecha hasta una semana: con otra, el modelo tendría que volver a leerla entera.</translation>
    </message>
    <message>
        <source>How the next word is drawn</source>
        <translation>Cómo se elige la palabra siguiente</translation>
    </message>
    <message>
        <source>Back to the recommended values</source>
        <translation>Volver a los valores recomendados</translation>
    </message>
</context>
<context>
    <name>AskingDialog</name>
    <message>
        <source>Instructions and sampling</source>
        <translation>Instrucciones y muestreo</translation>
    </message>
    <message>
        <source>Draw words otherwise than the settings say</source>
        <translation>Elegir las palabras de otro modo que en los ajustes</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Ajuste guardado</translation>
    </message>
    <message>
        <source>Back to the recommended values</source>
        <translation>Volver a los valores recomendados</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Instrucciones</translation>
    </message>
    <message>
        <source>Say how the model should behave, for example: Answer briefly. It holds from the next message on, in this conversation only.</source>
        <translation>Di cómo debe comportarse el modelo, por ejemplo: Responde brevemente. Vale desde el próximo mensaje y solo en esta conversación.</translation>
    </message>
    <message>
        <source>Reasoning level</source>
        <translation>Nivel de razonamiento</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>Attachment. Press to read it.</source>
        <translation>Adjunto. Pulsa para leerlo.</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>Quitar {name}</translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message>
        <source>{n} characters</source>
        <translation>{n} caracteres</translation>
    </message>
    <message>
        <source>Text of the attachment</source>
        <translation>Texto del adjunto</translation>
    </message>
    <message>
        <source>Only the beginning is shown here.</source>
        <translation>Aquí solo se muestra el principio.</translation>
    </message>
</context>
<context>
    <name>BackupPage</name>
    <message>
        <source>Lumbre makes a checked copy of all conversations every day and keeps the last 7 days and 4 weeks. A backup that you make yourself stays until you delete its file.</source>
        <translation>Lumbre hace cada día una copia comprobada de todas las conversaciones y conserva las de los últimos 7 días y 4 semanas. Una copia que hagas tú se queda hasta que elimines su archivo.</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Copias de seguridad</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>Hacer una copia ahora</translation>
    </message>
    <message>
        <source>Restore this backup</source>
        <translation>Restaurar esta copia</translation>
    </message>
    <message>
        <source>daily</source>
        <translation>diaria</translation>
    </message>
    <message>
        <source>before an update of Lumbre</source>
        <translation>antes de actualizar Lumbre</translation>
    </message>
    <message>
        <source>before another backup was restored</source>
        <translation>antes de restaurar otra copia</translation>
    </message>
    <message>
        <source>made by you</source>
        <translation>hecha por ti</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Cuándo</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Motivo</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>The backup is made and checked: {path}</source>
        <translation>La copia está hecha y comprobada: {path}</translation>
    </message>
    <message>
        <source>An answer is being written. Wait for its end, or stop it.</source>
        <translation>Se está escribiendo una respuesta. Espera a que termine o detenla.</translation>
    </message>
    <message>
        <source>Your conversations are as they were on {date}. The damaged file is kept as it was in {folder}.</source>
        <translation>Tus conversaciones están como estaban el {date}. El archivo dañado se conserva tal como estaba en {folder}.</translation>
    </message>
    <message>
        <source>Your conversations are as they were on {date}. What was there before is a backup now, too.</source>
        <translation>Tus conversaciones están como el {date}. Lo que había antes es ahora también una copia de seguridad.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Close this note</source>
        <translation>Cerrar este aviso</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>BranchChanges</name>
    <message>
        <source>The message is in the trash.</source>
        <translation>El mensaje está en la papelera.</translation>
    </message>
    <message>
        <source>The message is deleted.</source>
        <translation>El mensaje se ha borrado.</translation>
    </message>
</context>
<context>
    <name>CheckPage</name>
    <message>
        <source>Every page, index and reference of the file with your conversations is checked. If something is wrong, the damaged file is set aside unchanged, and all that can be read is kept. This may take some minutes.</source>
        <translation>Se comprueban todas las páginas, los índices y las referencias del archivo con tus conversaciones. Si algo está mal, el archivo dañado se aparta sin cambios y se conserva todo lo que se pueda leer. Puede tardar unos minutos.</translation>
    </message>
    <message>
        <source>Check and repair</source>
        <translation>Comprobar y reparar</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>An answer is being written. Wait for its end, or stop it.</source>
        <translation>Se está escribiendo una respuesta. Espera a que termine o detenla.</translation>
    </message>
    <message>
        <source>All is well. Conversations: {n_conversations}, messages: {n_messages}.</source>
        <translation>Todo está bien. Conversaciones: {n_conversations}, mensajes: {n_messages}.</translation>
    </message>
    <message>
        <source>The file is damaged, but nothing can be written here, so nothing was repaired. Export your conversations. What can be read: {n_conversations} conversations, {n_messages} messages.</source>
        <translation>El archivo está dañado, pero aquí no se puede escribir, así que no se ha reparado nada. Exporta tus conversaciones. Se puede leer esto: {n_conversations} conversaciones, {n_messages} mensajes.</translation>
    </message>
    <message>
        <source>The file was damaged and is repaired. Conversations: {n_conversations}, messages: {n_messages}. The damaged file is kept as it was: {path}</source>
        <translation>El archivo estaba dañado y está reparado. Conversaciones: {n_conversations}, mensajes: {n_messages}. El archivo dañado se conserva tal como estaba: {path}</translation>
    </message>
    <message>
        <source>The end could not be read of this many messages: {n_cut}.</source>
        <translation>Mensajes cuyo final no se ha podido leer: {n_cut}.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>All commands</source>
        <translation>Todas las órdenes</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Escribe una orden</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Órdenes</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Message</source>
        <translation>Mensaje</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>Escribe un mensaje</translation>
    </message>
    <message>
        <source>A file is being read. The message can be sent as soon as it is there.</source>
        <translation>Se está leyendo un archivo. El mensaje se podrá enviar en cuanto esté.</translation>
    </message>
    <message>
        <source>The model is waking up, {percent} %.</source>
        <translation>El modelo se está despertando, {percent} %.</translation>
    </message>
    <message>
        <source>The model is waking up, {percent} %. Then this is sent.</source>
        <translation>El modelo se está despertando, {percent} %. Después se envía esto.</translation>
    </message>
    <message>
        <source>The model is loading, {percent} %. You can write already.</source>
        <translation>El modelo se está cargando, {percent} %. Ya puedes escribir.</translation>
    </message>
    <message>
        <source>No model is loaded, so nobody can answer yet.</source>
        <translation>No hay ningún modelo cargado, así que todavía nadie puede responder.</translation>
    </message>
    <message>
        <source>The engine has stopped. Restart it to go on; your draft is kept.</source>
        <translation>El motor se ha detenido. Reinícialo para seguir; tu borrador se conserva.</translation>
    </message>
</context>
<context>
    <name>ComposerBar</name>
    <message>
        <source>Stop the answer</source>
        <translation>Detener la respuesta</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Enviar</translation>
    </message>
    <message>
        <source>Attach text, code, PDF or Word files</source>
        <translation>Adjuntar archivos de texto, de código, PDF o de Word</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>Razonamiento</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Elegir un modelo</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>Cancelar la carga</translation>
    </message>
    <message>
        <source>Answer now</source>
        <translation>Responder ya</translation>
    </message>
    <message>
        <source>End the thinking and begin the answer ({key})</source>
        <translation>Terminar el razonamiento y empezar la respuesta ({key})</translation>
    </message>
    <message>
        <source>Reading ahead…</source>
        <translation>Leyendo por adelantado…</translation>
    </message>
    <message>
        <source>While nothing else is wanted, the engine reads what is written here, so that the next answer begins sooner. It stops as soon as you send.</source>
        <translation>Mientras no se pide otra cosa, el motor lee lo que hay escrito aquí para que la próxima respuesta empiece antes. Se detiene en cuanto envías.</translation>
    </message>
    <message>
        <source>Ctrl+Enter sends · Enter for a new line</source>
        <translation>Ctrl+Intro envía · Intro para una línea nueva</translation>
    </message>
    <message>
        <source>Enter sends · Shift+Enter for a new line</source>
        <translation>Intro envía · Mayúsculas+Intro para una línea nueva</translation>
    </message>
</context>
<context>
    <name>ConnectionsDialog</name>
    <message>
        <source>Connections</source>
        <translation>Conexiones</translation>
    </message>
    <message>
        <source>No connection was ever made.</source>
        <translation>Nunca se ha hecho ninguna conexión.</translation>
    </message>
    <message>
        <source>Every connection that Lumbre made or tried to make, newest first.</source>
        <translation>Todas las conexiones que Lumbre ha hecho o ha intentado hacer, primero las más recientes.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Cuándo</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Con quién</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Por qué</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>list of files</source>
        <translation>lista de archivos</translation>
    </message>
    <message>
        <source>download of a model</source>
        <translation>descarga de un modelo</translation>
    </message>
    <message>
        <source>search for updates</source>
        <translation>búsqueda de actualizaciones</translation>
    </message>
    <message>
        <source>not announced</source>
        <translation>sin anunciar</translation>
    </message>
    <message>
        <source>let through</source>
        <translation>permitida</translation>
    </message>
    <message>
        <source>refused by the lock</source>
        <translation>rechazada por el bloqueo</translation>
    </message>
</context>
<context>
    <name>ContextMeter</name>
    <message>
        <source>About {used} of {all} tokens of the context are used.</source>
        <translation>Se usan unos {used} de {all} tokens del contexto.</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Contexto</translation>
    </message>
    <message>
        <source>The context is full: the oldest messages are no longer sent to the model. They stay on the screen.</source>
        <translation>El contexto está lleno: los mensajes más antiguos ya no se envían al modelo. Siguen en la pantalla.</translation>
    </message>
    <message>
        <source>The context is almost full: soon the oldest messages will no longer be sent to the model. They stay on the screen.</source>
        <translation>El contexto está casi lleno: pronto los mensajes más antiguos dejarán de enviarse al modelo. Seguirán en la pantalla.</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>Name of the folder</source>
        <translation>Nombre de la carpeta</translation>
    </message>
    <message>
        <source>Title of the conversation</source>
        <translation>Título de la conversación</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>New chat</source>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>folded</source>
        <translation>plegado</translation>
    </message>
    <message>
        <source>unfolded</source>
        <translation>desplegado</translation>
    </message>
    <message>
        <source>folder {name}</source>
        <translation>carpeta {name}</translation>
    </message>
    <message>
        <source>{title}, not saved</source>
        <translation>{title}, sin guardar</translation>
    </message>
    <message>
        <source>{title}, archived</source>
        <translation>{title}, archivada</translation>
    </message>
    <message>
        <source>{title}, pinned</source>
        <translation>{title}, fijada</translation>
    </message>
</context>
<context>
    <name>ConversationMenu</name>
    <message>
        <source>Rename</source>
        <translation>Cambiar el nombre</translation>
    </message>
    <message>
        <source>Keep this conversation</source>
        <translation>Conservar esta conversación</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Delete {n}</source>
        <translation>Borrar {n}</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>No fijar</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Fijar</translation>
    </message>
    <message>
        <source>Take out of the archive</source>
        <translation>Sacar del archivo</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archivar</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Export {n}…</source>
        <translation>Exportar {n}…</translation>
    </message>
    <message>
        <source>Move to folder</source>
        <translation>Mover a una carpeta</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>Ninguna carpeta</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Carpeta nueva…</translation>
    </message>
</context>
<context>
    <name>ConversionDialog</name>
    <message>
        <source>All conversations and backups are written anew and checked. Until that is done they stay as they are, whatever happens.</source>
        <translation>Todas las conversaciones y copias de seguridad se escriben de nuevo y se comprueban. Hasta que termine siguen como están, pase lo que pase.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>EditOverlay</name>
    <message>
        <source>Edit your message</source>
        <translation>Editar tu mensaje</translation>
    </message>
    <message>
        <source>Save and ask again</source>
        <translation>Guardar y volver a preguntar</translation>
    </message>
    <message>
        <source>Ctrl+Enter. The old version is kept.</source>
        <translation>Ctrl+Intro. La versión anterior se conserva.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>What is on your mind?</source>
        <translation>¿Qué tienes en mente?</translation>
    </message>
    <message>
        <source>The practice model answers questions about Lumbre, such as these.</source>
        <translation>El modelo de práctica responde a preguntas sobre Lumbre, como estas.</translation>
    </message>
    <message>
        <source>How do I change the reasoning level?</source>
        <translation>¿Cómo cambio el nivel de razonamiento?</translation>
    </message>
    <message>
        <source>Where are my conversations stored?</source>
        <translation>¿Dónde se guardan mis conversaciones?</translation>
    </message>
    <message>
        <source>How do I download gpt-oss-20b?</source>
        <translation>¿Cómo descargo gpt-oss-20b?</translation>
    </message>
    <message>
        <source>Is it private?</source>
        <translation>¿Es privado?</translation>
    </message>
    <message>
        <source>Explain a difficult word with three examples</source>
        <translation>Explica una palabra difícil con tres ejemplos</translation>
    </message>
    <message>
        <source>Help me write a short, friendly reply to an e-mail</source>
        <translation>Ayúdame a escribir una respuesta breve y amable a un correo</translation>
    </message>
    <message>
        <source>Find the mistake in a piece of code</source>
        <translation>Encuentra el error en un trozo de código</translation>
    </message>
    <message>
        <source>Plan a week of simple dinners for two</source>
        <translation>Planea una semana de cenas sencillas para dos</translation>
    </message>
    <message>
        <source>Lumbre writes nothing of this chat to the disk. It is gone when Lumbre closes, unless you choose to keep it.</source>
        <translation>Lumbre no escribe nada de este chat en el disco. Desaparece al cerrar Lumbre, salvo que elijas conservarlo.</translation>
    </message>
    <message>
        <source>Temporary chat</source>
        <translation>Chat temporal</translation>
    </message>
</context>
<context>
    <name>EnginePage</name>
    <message>
        <source>Lumbre decides these from the model and this computer. What you change here holds from the next load of a model on.</source>
        <translation>Lumbre decide estos valores según el modelo y este equipo. Lo que cambies aquí vale desde la próxima carga de un modelo.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
    <message>
        <source>&amp;Context length in tokens</source>
        <translation>Longitud del &amp;contexto en tokens</translation>
    </message>
    <message>
        <source>How much of a conversation the model sees at once. More needs more memory.</source>
        <translation>Cuánto de una conversación ve el modelo a la vez. Cuanto más, más memoria hace falta.</translation>
    </message>
    <message>
        <source>&amp;Layers on the graphics card</source>
        <translation>C&amp;apas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>0 uses the processor only.</source>
        <translation>Con 0 se usa solo el procesador.</translation>
    </message>
    <message>
        <source>Layers whose &amp;experts stay in main memory</source>
        <translation>Capas cuyos &amp;expertos quedan en la memoria principal</translation>
    </message>
    <message>
        <source>Saves memory of the graphics card; answers become slower.</source>
        <translation>Ahorra memoria de la tarjeta gráfica; las respuestas son más lentas.</translation>
    </message>
    <message>
        <source>&amp;Threads</source>
        <translation>&amp;Hilos</translation>
    </message>
    <message>
        <source>Tokens read at once (&amp;batch)</source>
        <translation>Tokens leídos a la vez (&amp;lote)</translation>
    </message>
    <message>
        <source>Mapped from the file</source>
        <translation>Asignada desde el archivo</translation>
    </message>
    <message>
        <source>Read completely</source>
        <translation>Leído por completo</translation>
    </message>
    <message>
        <source>Model in &amp;memory</source>
        <translation>Modelo en la &amp;memoria</translation>
    </message>
    <message>
        <source>None: read again</source>
        <translation>Ninguno: volver a leer</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>&amp;Disk space for what models have read</source>
        <translation>Espacio en &amp;disco para lo que los modelos han leído</translation>
    </message>
    <message>
        <source>Long conversations go on at once after a restart. Deleted with the conversation, encrypted when the history is.</source>
        <translation>Las conversaciones largas siguen al momento tras reiniciar. Se borra con la conversación y se cifra si el historial lo está.</translation>
    </message>
    <message>
        <source>&amp;Graphics device</source>
        <translation>Dispositivo &amp;gráfico</translation>
    </message>
    <message>
        <source>Each device is tried out before it is used for the first time.</source>
        <translation>Cada dispositivo se prueba antes de usarlo por primera vez.</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>A mistake in Lumbre</source>
        <translation>Un error de Lumbre</translation>
    </message>
    <message>
        <source>Something in Lumbre went wrong</source>
        <translation>Algo ha fallado en Lumbre</translation>
    </message>
    <message>
        <source>Your conversations are saved. You can go on; if something looks wrong, restart Lumbre. The details below say where in the program it happened; please read them, then copy them into a report.</source>
        <translation>Tus conversaciones están guardadas. Puedes seguir; si algo no va bien, reinicia Lumbre. Los detalles de abajo dicen en qué parte del programa ha ocurrido; léelos, por favor, y después cópialos en un informe.</translation>
    </message>
    <message>
        <source>Details of the mistake</source>
        <translation>Detalles del error</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Mostrar el registro</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>The chosen ones ({n})</source>
        <translation>Las elegidas ({n})</translation>
    </message>
    <message>
        <source>This conversation</source>
        <translation>Esta conversación</translation>
    </message>
    <message>
        <source>All conversations ({n})</source>
        <translation>Todas las conversaciones ({n})</translation>
    </message>
    <message>
        <source>Markdown (to read and edit)</source>
        <translation>Markdown (para leer y editar)</translation>
    </message>
    <message>
        <source>HTML (to read and print)</source>
        <translation>HTML (para leer e imprimir)</translation>
    </message>
    <message>
        <source>PDF (to print and hand on)</source>
        <translation>PDF (para imprimir y compartir)</translation>
    </message>
    <message>
        <source>JSON (can be imported again, nothing is lost)</source>
        <translation>JSON (se puede volver a importar sin perder nada)</translation>
    </message>
    <message>
        <source>All versions, not only the shown ones</source>
        <translation>Todas las versiones, no solo las que se ven</translation>
    </message>
    <message>
        <source>With thinking</source>
        <translation>Con el razonamiento</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Elegir…</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Qué</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Formato</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>Anyone who has the file can read it. The trash is not exported.</source>
        <translation>Quien tenga el archivo puede leerlo. La papelera no se exporta.</translation>
    </message>
    <message>
        <source>Lumbre conversations</source>
        <translation>Conversaciones de Lumbre</translation>
    </message>
    <message>
        <source>Written to {path}. Conversations: {n_conversations}, messages: {n_messages}.</source>
        <translation>Escrito en {path}. Conversaciones: {n_conversations}, mensajes: {n_messages}.</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>Cancelado. No se ha escrito nada.</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>Buscar en esta conversación</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>Resultado anterior</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>Resultado siguiente</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>Cerrar la búsqueda</translation>
    </message>
    <message>
        <source>No hits</source>
        <translation>Sin resultados</translation>
    </message>
</context>
<context>
    <name>FolderDialog</name>
    <message>
        <source>Move to folder</source>
        <translation>Mover a una carpeta</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Carpeta nueva</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Carpetas</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Name of the folder</source>
        <translation>Nombre de la carpeta</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>Ninguna carpeta</translation>
    </message>
</context>
<context>
    <name>FolderMenu</name>
    <message>
        <source>Unfold</source>
        <translation>Desplegar</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>Plegar</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Cambiar el nombre</translation>
    </message>
    <message>
        <source>Delete the folder</source>
        <translation>Borrar la carpeta</translation>
    </message>
    <message>
        <source>The conversations in it stay.</source>
        <translation>Las conversaciones que contiene se quedan.</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Carpeta nueva…</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>As the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Idioma</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Alto contraste</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Tema</translation>
    </message>
    <message>
        <source>&amp;Zoom of the conversation</source>
        <translation>&amp;Zoom de la conversación</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Intro</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Intro</translation>
    </message>
    <message>
        <source>&amp;Key that sends a message</source>
        <translation>Tecla que &amp;envía un mensaje</translation>
    </message>
    <message>
        <source>Show the &amp;thinking unfolded</source>
        <translation>Mostrar &amp;desplegado el razonamiento</translation>
    </message>
    <message>
        <source>Each section can be folded and unfolded by itself, too.</source>
        <translation>También se puede plegar y desplegar cada sección por separado.</translation>
    </message>
    <message>
        <source>Show &amp;statistics under answers</source>
        <translation>Mostrar e&amp;stadísticas debajo de las respuestas</translation>
    </message>
    <message>
        <source>Passphrase and locking…</source>
        <translation>Frase de contraseña y bloqueo…</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>New chat</source>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>there are some</source>
        <translation>las hay</translation>
    </message>
    <message>
        <source>Instructions and sampling</source>
        <translation>Instrucciones y muestreo</translation>
    </message>
    <message>
        <source>Show the sidebar</source>
        <translation>Mostrar la barra lateral</translation>
    </message>
    <message>
        <source>Practice model</source>
        <translation>Modelo de práctica</translation>
    </message>
    <message>
        <source>A very small model that answers questions about Lumbre. For real answers, get gpt-oss-20b under Models.</source>
        <translation>Un modelo muy pequeño que responde a preguntas sobre Lumbre. Para respuestas de verdad, consigue gpt-oss-20b en Modelos.</translation>
    </message>
    <message>
        <source>Temporary, not saved</source>
        <translation>Temporal, no se guarda</translation>
    </message>
    <message>
        <source>Lumbre writes nothing of this chat to the disk: no text, no draft, no search, no backup. It is gone when Lumbre closes.</source>
        <translation>Lumbre no escribe nada de este chat en el disco: ni texto, ni borrador, ni búsqueda, ni copia. Desaparece al cerrar Lumbre.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Conservar</translation>
    </message>
    <message>
        <source>Keep this conversation</source>
        <translation>Conservar esta conversación</translation>
    </message>
    <message>
        <source>Save it, as any other conversation.</source>
        <translation>Guardarlo como cualquier otra conversación.</translation>
    </message>
    <message>
        <source>Temporary</source>
        <translation>Temporal</translation>
    </message>
    <message>
        <source>Loading, {percent} %</source>
        <translation>Cargando, {percent} %</translation>
    </message>
    <message>
        <source>{name} · asleep</source>
        <translation>{name} · dormido</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Elegir un modelo</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation>Modelo: {name}</translation>
    </message>
    <message>
        <source>Runs on this computer</source>
        <translation>Funciona en este equipo</translation>
    </message>
    <message>
        <source>What you write and what is answered stays on this computer. Lumbre connects to the internet only when you download a model.</source>
        <translation>Lo que escribes y lo que se responde se queda en este equipo. Lumbre solo se conecta a internet cuando descargas un modelo.</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Pages of the history</source>
        <translation>Páginas del historial</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Copias de seguridad</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papelera</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Comprobación</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Frase de contraseña</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import</source>
        <translation>Importar</translation>
    </message>
    <message>
        <source>Lumbre reads its own JSON, ChatGPT&apos;s export (the zip or conversations.json), Open WebUI&apos;s and LM Studio&apos;s JSON. Before anything is changed you see what would come.</source>
        <translation>Lumbre lee su propio JSON, la exportación de ChatGPT (el zip o conversations.json) y el JSON de Open WebUI y de LM Studio. Antes de cambiar nada verás qué se añadiría.</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Elegir un archivo…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Elegir una carpeta…</translation>
    </message>
    <message>
        <source>Conversations in the file</source>
        <translation>Conversaciones del archivo</translation>
    </message>
    <message>
        <source>Undo the import</source>
        <translation>Deshacer la importación</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Conversaciones</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was imported.</source>
        <translation>Cancelado. No se ha importado nada.</translation>
    </message>
    <message>
        <source>The import is undone: what it brought is in the trash.</source>
        <translation>La importación está deshecha: lo que había añadido está en la papelera.</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>y {n} más</translation>
    </message>
    <message>
        <source>{name} (from {program}) brings nothing new.</source>
        <translation>{name} (de {program}) no trae nada nuevo.</translation>
    </message>
    <message>
        <source>{name} is from {program}. New conversations: {n_conversations}. New messages: {n_messages}.</source>
        <translation>{name} es de {program}. Conversaciones nuevas: {n_conversations}. Mensajes nuevos: {n_messages}.</translation>
    </message>
    <message>
        <source>Imported. New conversations: {n_conversations}. New messages: {n_messages}.</source>
        <translation>Importado. Conversaciones nuevas: {n_conversations}. Mensajes nuevos: {n_messages}.</translation>
    </message>
    <message>
        <source>Left out: {name}. {reason}</source>
        <translation>Omitido: {name}. {reason}</translation>
    </message>
    <message>
        <source>Already here: {n}.</source>
        <translation>Ya estaban: {n}.</translation>
    </message>
    <message>
        <source>Cannot be read and left out: {n}.</source>
        <translation>Omitidas porque no se pueden leer: {n}.</translation>
    </message>
</context>
<context>
    <name>JumpButton</name>
    <message>
        <source>Jump to the latest message</source>
        <translation>Ir al último mensaje</translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Open this link?</source>
        <translation>¿Abrir este enlace?</translation>
    </message>
    <message>
        <source>A mail to this address:</source>
        <translation>Un correo a esta dirección:</translation>
    </message>
    <message>
        <source>It leads to:</source>
        <translation>Lleva a:</translation>
    </message>
    <message>
        <source>Whole address</source>
        <translation>Dirección completa</translation>
    </message>
    <message>
        <source>It opens outside Lumbre. What follows the name can carry data away.</source>
        <translation>Se abre fuera de Lumbre. Lo que sigue al nombre puede llevarse datos.</translation>
    </message>
    <message>
        <source>Careful: this address is written so that it can be mistaken for another.</source>
        <translation>Cuidado: esta dirección está escrita de modo que puede confundirse con otra.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>Copiar dirección</translation>
    </message>
</context>
<context>
    <name>LiveStatus</name>
    <message>
        <source>Reading</source>
        <translation>Leyendo</translation>
    </message>
    <message>
        <source>Reading, {percent} %</source>
        <translation>Leyendo, {percent} %</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Deteniendo</translation>
    </message>
</context>
<context>
    <name>LockPage</name>
    <message>
        <source>Locked</source>
        <translation>Bloqueado</translation>
    </message>
    <message>
        <source>Your conversations are locked</source>
        <translation>Tus conversaciones están bloqueadas</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Desbloquear</translation>
    </message>
    <message>
        <source>Quit Lumbre</source>
        <translation>Salir de Lumbre</translation>
    </message>
    <message>
        <source>Recovery key</source>
        <translation>Clave de recuperación</translation>
    </message>
    <message>
        <source>Enter the recovery key that you kept. Case and dashes do not matter.</source>
        <translation>Escribe la clave de recuperación que guardaste. Las mayúsculas y los guiones no importan.</translation>
    </message>
    <message>
        <source>Use the passphrase</source>
        <translation>Usar la frase de contraseña</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Frase de contraseña</translation>
    </message>
    <message>
        <source>They are encrypted on this computer.</source>
        <translation>Están cifradas en este ordenador.</translation>
    </message>
    <message>
        <source>Use the recovery key</source>
        <translation>Usar la clave de recuperación</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The engine has stopped and cannot answer any more. Your conversations are saved. Restart it to go on.</source>
        <translation>El motor se ha detenido y ya no puede responder. Tus conversaciones están guardadas. Reinícialo para seguir.</translation>
    </message>
    <message>
        <source>Restart the engine</source>
        <translation>Reiniciar el motor</translation>
    </message>
    <message>
        <source>Memory is short: only {free} are left. Close other programs, or unload the model; else everything becomes slow. Your conversations are saved.</source>
        <translation>Queda poca memoria: solo {free}. Cierra otros programas o quita el modelo de la memoria; si no, todo irá lento. Tus conversaciones están guardadas.</translation>
    </message>
    <message>
        <source>Unload the model</source>
        <translation>Quitar el modelo de la memoria</translation>
    </message>
    <message>
        <source>Show report</source>
        <translation>Mostrar informe</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>What you write and what is answered stays on this computer.</source>
        <translation>Lo que escribes y lo que se responde se queda en este equipo.</translation>
    </message>
</context>
<context>
    <name>ModelCardRow</name>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>context {n}</source>
        <translation>contexto {n}</translation>
    </message>
    <message>
        <source>Practice model</source>
        <translation>Modelo de práctica</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>Cargado</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>Quitar de la memoria</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Cargar</translation>
    </message>
    <message>
        <source>Load anyway</source>
        <translation>Cargar de todos modos</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>Mostrar en su carpeta</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Eliminar…</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>Quitar de la lista</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Recomendado</translation>
    </message>
    <message>
        <source>Judges texts, not for chatting</source>
        <translation>Evalúa textos, no sirve para chatear</translation>
    </message>
    <message>
        <source>The disk has {free} free: not enough for {size}.</source>
        <translation>El disco tiene {free} libres: no bastan para {size}.</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>List its files</source>
        <translation>Ver sus archivos</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reanudar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>used where it lies</source>
        <translation>se usa donde está</translation>
    </message>
    <message>
        <source>in a folder of yours</source>
        <translation>en una carpeta tuya</translation>
    </message>
    <message>
        <source>Waits for its turn</source>
        <translation>Espera su turno</translation>
    </message>
    <message>
        <source>Paused at {done} of {size}</source>
        <translation>En pausa: {done} de {size}</translation>
    </message>
    <message>
        <source>Starts</source>
        <translation>Empieza</translation>
    </message>
    <message>
        <source>Makes room on the disk</source>
        <translation>Reserva espacio en el disco</translation>
    </message>
    <message>
        <source>Checks what came earlier</source>
        <translation>Comprueba lo que llegó antes</translation>
    </message>
    <message>
        <source>Compares the file with its hash</source>
        <translation>Compara el archivo con su hash</translation>
    </message>
    <message>
        <source>{problem} Tried again in {time}.</source>
        <translation>{problem} Nuevo intento en {time}.</translation>
    </message>
    <message>
        <source>{done} of {size}, {speed} a second</source>
        <translation>{done} de {size}, {speed} por segundo</translation>
    </message>
    <message>
        <source>{done} of {size}, {speed} a second, {time} left</source>
        <translation>{done} de {size}, {speed} por segundo, quedan {time}</translation>
    </message>
    <message>
        <source>Reads {name}</source>
        <translation>Lee {name}</translation>
    </message>
    <message>
        <source>Copies {name}</source>
        <translation>Copia {name}</translation>
    </message>
    <message>
        <source>Compares the copy of {name}</source>
        <translation>Compara la copia de {name}</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>On their way</source>
        <translation>En camino</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>En este equipo</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Buscando…</translation>
    </message>
    <message>
        <source>To fetch</source>
        <translation>Para descargar</translation>
    </message>
    <message>
        <source>Found, but of no use</source>
        <translation>Encontrados, pero inservibles</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>Cancelar la carga</translation>
    </message>
    <message>
        <source>A model is loading</source>
        <translation>Se está cargando un modelo</translation>
    </message>
    <message>
        <source>Use the practice model</source>
        <translation>Usar el modelo de práctica</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>No hay ningún modelo cargado</translation>
    </message>
    <message>
        <source>runs on {device}</source>
        <translation>funciona en {device}</translation>
    </message>
    <message>
        <source>layers on the graphics card {n}</source>
        <translation>capas en la tarjeta gráfica: {n}</translation>
    </message>
    <message>
        <source>threads {n}</source>
        <translation>hilos: {n}</translation>
    </message>
    <message>
        <source>No model was found yet.</source>
        <translation>Todavía no se ha encontrado ningún modelo.</translation>
    </message>
    <message>
        <source>about {n} tokens a second here</source>
        <translation>unos {n} tokens por segundo aquí</translation>
    </message>
    <message>
        <source>Choose a gpt-oss model</source>
        <translation>Elegir un modelo gpt-oss</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf);;All files (*)</source>
        <translation>Modelos GGUF (*.gguf);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>This model is loaded. Unload it first.</source>
        <translation>Este modelo está cargado. Quítalo antes de la memoria.</translation>
    </message>
    <message>
        <source>{name} was deleted, {size} are free again.</source>
        <translation>{name} se ha eliminado; {size} vuelven a estar libres.</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} está listo.</translation>
    </message>
    <message>
        <source>The models are in {folder} now.</source>
        <translation>Los modelos están ahora en {folder}.</translation>
    </message>
    <message>
        <source>Use a file</source>
        <translation>Usar un archivo</translation>
    </message>
    <message>
        <source>How shall Lumbre use {name}?</source>
        <translation>¿Cómo debe usar Lumbre {name}?</translation>
    </message>
    <message>
        <source>Used where it lies it needs no further room. Copied or moved it belongs to the models folder. A second name is possible on the same drive and needs no room.</source>
        <translation>Si se usa donde está, no ocupa más espacio. Copiado o movido, pertenece a la carpeta de modelos. En la misma unidad puede tener un segundo nombre, que no ocupa espacio.</translation>
    </message>
    <message>
        <source>Use where it lies</source>
        <translation>Usar donde está</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Mover</translation>
    </message>
    <message>
        <source>Second name</source>
        <translation>Segundo nombre</translation>
    </message>
    <message>
        <source>Delete a model</source>
        <translation>Eliminar un modelo</translation>
    </message>
    <message>
        <source>Delete {name} for good?</source>
        <translation>¿Eliminar {name} para siempre?</translation>
    </message>
    <message>
        <source>This gives {size} back. To use it again it must be fetched again.</source>
        <translation>Así se recuperan {size}. Para volver a usarlo hay que descargarlo otra vez.</translation>
    </message>
    <message>
        <source>This gives no room back: the file has another name elsewhere, which stays.</source>
        <translation>Así no se recupera espacio: el archivo tiene otro nombre en otro sitio, que se queda.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>{name} is right: every byte is as published.</source>
        <translation>{name} está bien: cada byte es como se publicó.</translation>
    </message>
    <message>
        <source>There is nothing to compare {name} with. Its hash is remembered, so that a later change will show.</source>
        <translation>No hay nada con que comparar {name}. Se recuerda su hash para que se note un cambio posterior.</translation>
    </message>
    <message>
        <source>{name} is damaged. Delete it and fetch it again.</source>
        <translation>{name} está dañado. Elimínalo y descárgalo otra vez.</translation>
    </message>
</context>
<context>
    <name>Onboarding</name>
    <message>
        <source>This computer has {total} of memory, {free} of it free now, and {disk} free on the disk. gpt-oss-20b: {verdict}</source>
        <translation>Este equipo tiene {total} de memoria, {free} libres ahora, y {disk} libres en el disco. gpt-oss-20b: {verdict}</translation>
    </message>
    <message>
        <source>Welcome to Lumbre</source>
        <translation>Te damos la bienvenida a Lumbre</translation>
    </message>
    <message>
        <source>A private chat with gpt-oss, OpenAI&apos;s open model. It runs on this computer: nothing that you write leaves it. First it needs a model.</source>
        <translation>Un chat privado con gpt-oss, el modelo abierto de OpenAI. Funciona en este equipo: nada de lo que escribes sale de él. Primero necesita un modelo.</translation>
    </message>
    <message>
        <source>Get gpt-oss-20b</source>
        <translation>Conseguir gpt-oss-20b</translation>
    </message>
    <message>
        <source>The real thing. One file of about 12 GB; a computer with 16 GB of memory can run it.</source>
        <translation>El modelo de verdad. Un archivo de unos 12 GB; un equipo con 16 GB de memoria puede con él.</translation>
    </message>
    <message>
        <source>Use a file I have</source>
        <translation>Usar un archivo que tengo</translation>
    </message>
    <message>
        <source>A gpt-oss model in the GGUF format on this computer, also from other programs.</source>
        <translation>Un modelo gpt-oss en formato GGUF de este equipo, también de otros programas.</translation>
    </message>
    <message>
        <source>Try with the practice model</source>
        <translation>Probar con el modelo de práctica</translation>
    </message>
    <message>
        <source>Comes with Lumbre and starts at once. Very small: it answers only questions about this program.</source>
        <translation>Viene con Lumbre y empieza al momento. Es muy pequeño: solo responde a preguntas sobre este programa.</translation>
    </message>
</context>
<context>
    <name>Organiser</name>
    <message>
        <source>Moved out of the folder.</source>
        <translation>Fuera de la carpeta.</translation>
    </message>
    <message>
        <source>Moved to &quot;{name}&quot;.</source>
        <translation>En la carpeta «{name}».</translation>
    </message>
    <message>
        <source>Archived.</source>
        <translation>Archivado.</translation>
    </message>
    <message>
        <source>Taken out of the archive.</source>
        <translation>Sacado del archivo.</translation>
    </message>
    <message>
        <source>{n} conversations are in the trash.</source>
        <translation>{n} conversaciones están en la papelera.</translation>
    </message>
    <message>
        <source>The temporary chat is deleted.</source>
        <translation>El chat temporal se ha borrado.</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; is in the trash.</source>
        <translation>«{title}» está en la papelera.</translation>
    </message>
    <message>
        <source>The folder &quot;{name}&quot; is deleted. What was in it is still there.</source>
        <translation>La carpeta «{name}» se ha borrado. Lo que contenía sigue ahí.</translation>
    </message>
</context>
<context>
    <name>PageFoot</name>
    <message>
        <source>Use a file I have…</source>
        <translation>Usar un archivo que tengo…</translation>
    </message>
    <message>
        <source>Add from Hugging Face…</source>
        <translation>Añadir desde Hugging Face…</translation>
    </message>
    <message>
        <source>Offline lock</source>
        <translation>Bloqueo sin conexión</translation>
    </message>
    <message>
        <source>While it is on, every attempt of Lumbre to connect to a network fails.</source>
        <translation>Mientras está activo, falla todo intento de Lumbre de conectarse a una red.</translation>
    </message>
    <message>
        <source>Connections…</source>
        <translation>Conexiones…</translation>
    </message>
    <message>
        <source>Models folder: {folder}</source>
        <translation>Carpeta de modelos: {folder}</translation>
    </message>
    <message>
        <source>Move the folder…</source>
        <translation>Mover la carpeta…</translation>
    </message>
    <message>
        <source>Look in another folder too…</source>
        <translation>Buscar también en otra carpeta…</translation>
    </message>
    <message>
        <source>Bandwidth for downloads</source>
        <translation>Ancho de banda para descargas</translation>
    </message>
    <message>
        <source> KiB a second</source>
        <translation> KiB por segundo</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>sin límite</translation>
    </message>
    <message>
        <source>New place of the models</source>
        <translation>Nuevo lugar de los modelos</translation>
    </message>
    <message>
        <source>Folder with models</source>
        <translation>Carpeta con modelos</translation>
    </message>
</context>
<context>
    <name>PagedDialog</name>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>PassphraseDesk</name>
    <message>
        <source>Set a passphrase</source>
        <translation>Poner una frase de contraseña</translation>
    </message>
    <message>
        <source>Lumbre will ask for it when it starts. You also get a recovery key, in case you forget it.</source>
        <translation>Lumbre la pedirá al iniciarse. Recibirás también una clave de recuperación, por si la olvidas.</translation>
    </message>
    <message>
        <source>Encrypt</source>
        <translation>Cifrar</translation>
    </message>
    <message>
        <source>Encrypting your conversations</source>
        <translation>Cifrando tus conversaciones</translation>
    </message>
    <message>
        <source>Turn the passphrase off</source>
        <translation>Quitar la frase de contraseña</translation>
    </message>
    <message>
        <source>Conversations and backups are written to the disk unencrypted. None of them is lost.</source>
        <translation>Las conversaciones y las copias de seguridad se escriben en el disco sin cifrar. No se pierde ninguna.</translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Decrypting your conversations</source>
        <translation>Descifrando tus conversaciones</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Cambiar la frase de contraseña</translation>
    </message>
    <message>
        <source>The recovery key stays the same.</source>
        <translation>La clave de recuperación sigue siendo la misma.</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Cambiar</translation>
    </message>
    <message>
        <source>The passphrase is changed.</source>
        <translation>La frase de contraseña ha cambiado.</translation>
    </message>
    <message>
        <source>New recovery key</source>
        <translation>Nueva clave de recuperación</translation>
    </message>
    <message>
        <source>The recovery key that you have now will not open anything any more.</source>
        <translation>La clave de recuperación que tienes ahora ya no abrirá nada.</translation>
    </message>
    <message>
        <source>Make a new key</source>
        <translation>Crear otra clave</translation>
    </message>
    <message>
        <source>There is a new recovery key.</source>
        <translation>Hay una nueva clave de recuperación.</translation>
    </message>
    <message>
        <source>Cancelled. Everything is as it was.</source>
        <translation>Cancelado. Todo está como estaba.</translation>
    </message>
    <message>
        <source>Your conversations are encrypted from now on.</source>
        <translation>Desde ahora tus conversaciones están cifradas.</translation>
    </message>
    <message>
        <source>Your conversations are not encrypted any more.</source>
        <translation>Tus conversaciones ya no están cifradas.</translation>
    </message>
    <message>
        <source>These files stay as they are:</source>
        <translation>Estos archivos quedan como están:</translation>
    </message>
    <message>
        <source>Files that are not encrypted</source>
        <translation>Archivos sin cifrar</translation>
    </message>
    <message>
        <source>These older files could not be encrypted: damaged backups, or damaged histories that were set aside. Your conversations can still be read in them.</source>
        <translation>Estos archivos antiguos no se han podido cifrar: copias de seguridad dañadas o historiales dañados que se apartaron. En ellos todavía se pueden leer tus conversaciones.</translation>
    </message>
    <message>
        <source>Delete these files</source>
        <translation>Eliminar estos archivos</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Conservarlos</translation>
    </message>
    <message>
        <source>The files are deleted.</source>
        <translation>Los archivos se han eliminado.</translation>
    </message>
</context>
<context>
    <name>PassphrasePage</name>
    <message>
        <source>&amp;Lock by itself</source>
        <translation>&amp;Bloquear automáticamente</translation>
    </message>
    <message>
        <source>Lock by itself</source>
        <translation>Bloquear automáticamente</translation>
    </message>
    <message>
        <source>Set a passphrase…</source>
        <translation>Poner una frase de contraseña…</translation>
    </message>
    <message>
        <source>Lock now</source>
        <translation>Bloquear ahora</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Cambiar…</translation>
    </message>
    <message>
        <source>New recovery key…</source>
        <translation>Nueva clave de recuperación…</translation>
    </message>
    <message>
        <source>Turn off…</source>
        <translation>Quitar…</translation>
    </message>
    <message>
        <source>Your conversations and their backups are encrypted (AES-256). Lumbre asks for the passphrase when it starts and when it was locked.</source>
        <translation>Tus conversaciones y sus copias de seguridad están cifradas (AES-256). Lumbre pide la frase de contraseña al iniciarse y después de bloquearse.</translation>
    </message>
    <message>
        <source>Your conversations are not encrypted: whoever can read the files of your user account can read them. With a passphrase they and their backups are encrypted on the disk, and Lumbre asks for it when it starts.</source>
        <translation>Tus conversaciones no están cifradas: quien pueda leer los archivos de tu cuenta de usuario puede leerlas. Con una frase de contraseña se cifran en el disco, junto con sus copias de seguridad, y Lumbre la pide al iniciarse.</translation>
    </message>
    <message>
        <source>It protects them on a computer that is lost, stolen or repaired, and in copies of the data folder.</source>
        <translation>Las protege en un ordenador perdido, robado o en reparación, y en las copias de la carpeta de datos.</translation>
    </message>
    <message>
        <source>It does not protect them from somebody who uses Lumbre while it is unlocked, or from programs that watch this computer: its memory, its keyboard, its swap file. Files that you export, your settings and the models are not encrypted. The disk may keep traces of files that were there before.</source>
        <translation>No las protege de quien use Lumbre mientras está desbloqueado, ni de programas que vigilen este ordenador: su memoria, su teclado, su archivo de intercambio. Los archivos que exportas, tus ajustes y los modelos no se cifran. El disco puede conservar restos de los archivos que había antes.</translation>
    </message>
    <message>
        <source>Without passphrase and recovery key nobody can open them again.</source>
        <translation>Sin la frase de contraseña ni la clave de recuperación nadie podrá volver a abrirlas.</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nunca</translation>
    </message>
    <message>
        <source>After a minute without use</source>
        <translation>Tras un minuto sin uso</translation>
    </message>
    <message>
        <source>After {n} minutes without use</source>
        <translation>Tras {n} minutos sin uso</translation>
    </message>
    <message>
        <source>An answer is being written. Wait for its end, or stop it.</source>
        <translation>Se está escribiendo una respuesta. Espera a que termine o detenla.</translation>
    </message>
</context>
<context>
    <name>PathModel</name>
    <message>
        <source>You said: {text}</source>
        <translation>Has dicho: {text}</translation>
    </message>
    <message>
        <source>Attached: {names}</source>
        <translation>Adjuntos: {names}</translation>
    </message>
    <message>
        <source>{model} said: {text}</source>
        <translation>{model} ha dicho: {text}</translation>
    </message>
</context>
<context>
    <name>Performance</name>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} tokens/s</translation>
    </message>
    <message>
        <source>Reading: {done} of {total} tokens, {speed}</source>
        <translation>Leyendo: {done} de {total} tokens, {speed}</translation>
    </message>
    <message>
        <source>Writing: {n} tokens, {speed}</source>
        <translation>Escribiendo: {n} tokens, {speed}</translation>
    </message>
    <message>
        <source>Reading ahead</source>
        <translation>Leyendo por adelantado</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nada</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>None is loaded</source>
        <translation>No hay ninguno cargado</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Dispositivo</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Context, tokens</source>
        <translation>Contexto, tokens</translation>
    </message>
    <message>
        <source>Tokens read at once</source>
        <translation>Tokens leídos de una vez</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>Caché KV</translation>
    </message>
    <message>
        <source>Compute buffers</source>
        <translation>Búferes de cálculo</translation>
    </message>
    <message>
        <source>Loaded in</source>
        <translation>Cargado en</translation>
    </message>
    <message>
        <source>Layers on the graphics card</source>
        <translation>Capas en la tarjeta gráfica</translation>
    </message>
    <message>
        <source>Memory of the process</source>
        <translation>Memoria del proceso</translation>
    </message>
    <message>
        <source>of these not to be dropped</source>
        <translation>de ella, no descartable</translation>
    </message>
    <message>
        <source>{n} of {all} tokens of the prompts ({percent} %)</source>
        <translation>{n} de {all} tokens de las peticiones ({percent} %)</translation>
    </message>
    <message>
        <source>Found in the KV cache</source>
        <translation>Encontrado en la caché KV</translation>
    </message>
    <message>
        <source>{n} tokens in {time}; {complete} of {runs} times to the end</source>
        <translation>{n} tokens en {time}; {complete} de {runs} veces hasta el final</translation>
    </message>
    <message>
        <source>Read ahead</source>
        <translation>Leído por adelantado</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Respuesta</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Petición</translation>
    </message>
    <message>
        <source>Reused</source>
        <translation>Reutilizado</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Leído</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lectura</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Escritura</translation>
    </message>
    <message>
        <source>First word</source>
        <translation>Primera palabra</translation>
    </message>
</context>
<context>
    <name>PerformancePanel</name>
    <message>
        <source>Now: {what}</source>
        <translation>Ahora: {what}</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Qué</translation>
    </message>
    <message>
        <source>How much</source>
        <translation>Cuánto</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>Rendimiento</translation>
    </message>
    <message>
        <source>Model, memory, reading ahead</source>
        <translation>Modelo, memoria, lectura por adelantado</translation>
    </message>
    <message>
        <source>The last &amp;answers</source>
        <translation>Las últimas &amp;respuestas</translation>
    </message>
    <message>
        <source>The last answers</source>
        <translation>Las últimas respuestas</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Copiado.</translation>
    </message>
</context>
<context>
    <name>PresetBar</name>
    <message>
        <source>Preset</source>
        <translation>Ajuste guardado</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Guardar como…</translation>
    </message>
    <message>
        <source>More about this preset</source>
        <translation>Más sobre este ajuste guardado</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Choose a preset…</source>
        <translation>Elige un ajuste guardado…</translation>
    </message>
    <message>
        <source>{name} (new conversations)</source>
        <translation>{name} (conversaciones nuevas)</translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation>Guardar como ajuste</translation>
    </message>
    <message>
        <source>New conversations begin with it</source>
        <translation>Las conversaciones nuevas empiezan con él</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Cambiar el nombre…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>Rename the preset</source>
        <translation>Cambiar el nombre del ajuste guardado</translation>
    </message>
    <message>
        <source>There is a preset of this name. Choose another one.</source>
        <translation>Ya hay un ajuste guardado con este nombre. Elige otro.</translation>
    </message>
    <message>
        <source>Bring the preset &quot;{name}&quot; back</source>
        <translation>Recuperar el ajuste guardado «{name}»</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Nombre del ajuste guardado</translation>
    </message>
</context>
<context>
    <name>Pressing</name>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ReadingChip</name>
    <message>
        <source>Reading {name}…</source>
        <translation>Leyendo {name}…</translation>
    </message>
</context>
<context>
    <name>ReasoningBox</name>
    <message>
        <source>Reasoning level</source>
        <translation>Nivel de razonamiento</translation>
    </message>
    <message>
        <source>An answer will take {time}.</source>
        <translation>Una respuesta tardará {time}.</translation>
    </message>
</context>
<context>
    <name>RecoveryKeyDialog</name>
    <message>
        <source>Recovery key</source>
        <translation>Clave de recuperación</translation>
    </message>
    <message>
        <source>With this key your conversations can be opened when the passphrase is forgotten. It is shown only now. Keep it away from this computer: whoever has it can read them. Without passphrase and recovery key nobody can open them, and nobody can help.</source>
        <translation>Con esta clave se pueden abrir tus conversaciones si olvidas la frase de contraseña. Solo se muestra ahora. Guárdala lejos de este ordenador: quien la tenga puede leerlas. Sin la frase de contraseña ni la clave de recuperación nadie puede abrirlas, y nadie puede ayudarte.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Save to a file…</source>
        <translation>Guardar en un archivo…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Imprimir…</translation>
    </message>
    <message>
        <source>I have kept the recovery key</source>
        <translation>He guardado la clave de recuperación</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Listo</translation>
    </message>
    <message>
        <source>Keep the key first, and tick the box.</source>
        <translation>Primero guarda la clave y marca la casilla.</translation>
    </message>
    <message>
        <source>It could not be saved: {reason}</source>
        <translation>No se ha podido guardar: {reason}</translation>
    </message>
    <message>
        <source>Saved to {path}</source>
        <translation>Guardada en {path}</translation>
    </message>
    <message>
        <source>Lumbre: recovery key of the conversations on this computer</source>
        <translation>Lumbre: clave de recuperación de las conversaciones de este ordenador</translation>
    </message>
    <message>
        <source>Copied. Paste it where you keep passwords.</source>
        <translation>Copiada. Pégala donde guardas tus contraseñas.</translation>
    </message>
    <message>
        <source>Save the recovery key</source>
        <translation>Guardar la clave de recuperación</translation>
    </message>
    <message>
        <source>Lumbre recovery key</source>
        <translation>Clave de recuperación de Lumbre</translation>
    </message>
    <message>
        <source>Sent to the printer.</source>
        <translation>Enviada a la impresora.</translation>
    </message>
</context>
<context>
    <name>RepositoryDialog</name>
    <message>
        <source>Add from Hugging Face</source>
        <translation>Añadir desde Hugging Face</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>Repositorio</translation>
    </message>
    <message>
        <source>kept in the keyring of this computer</source>
        <translation>se guarda en el llavero de este equipo</translation>
    </message>
    <message>
        <source>List its files</source>
        <translation>Ver sus archivos</translation>
    </message>
    <message>
        <source>Files of the repository</source>
        <translation>Archivos del repositorio</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Access token, if it needs one</source>
        <translation>Token de acceso, si lo necesita</translation>
    </message>
    <message>
        <source>Only gpt-oss models are offered. Asking opens a connection to Hugging Face; nothing else does.</source>
        <translation>Solo se ofrecen modelos gpt-oss. Preguntar abre una conexión con Hugging Face; nada más lo hace.</translation>
    </message>
    <message>
        <source>Asks Hugging Face…</source>
        <translation>Preguntando a Hugging Face…</translation>
    </message>
    <message>
        <source>Choose one of its files.</source>
        <translation>Elige uno de sus archivos.</translation>
    </message>
    <message>
        <source>There is no gpt-oss model in this repository.</source>
        <translation>En este repositorio no hay ningún modelo gpt-oss.</translation>
    </message>
</context>
<context>
    <name>SamplingForm</name>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word. gpt-oss was made for 1.</source>
        <translation>Con 0 se elige siempre la palabra más probable. gpt-oss está hecho para 1.</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>How many of the likeliest words may come next. 0: no limit, and slow.</source>
        <translation>Cuántas de las palabras más probables pueden seguir. 0: sin límite, y lento.</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Only the likeliest words that reach this share together. 1 is off.</source>
        <translation>Solo las palabras más probables que juntas llegan a esta parte. 1 lo apaga.</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Leaves out words far less likely than the likeliest. 0 is off.</source>
        <translation>Descarta palabras mucho menos probables que la más probable. 0 lo apaga.</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>Penalización por repetir</translation>
    </message>
    <message>
        <source>Makes words that just came less likely, also where they are needed, as in code. 1 is off.</source>
        <translation>Hace menos probables las palabras que acaban de salir, también donde hacen falta, como en código. 1 la apaga.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Semilla</translation>
    </message>
    <message>
        <source>With the same number, the same question, model and computer give the same answer. Empty: by chance.</source>
        <translation>Con el mismo número, la misma pregunta, modelo y ordenador dan la misma respuesta. Vacío: al azar.</translation>
    </message>
</context>
<context>
    <name>SearchHitModel</name>
    <message>
        <source>{title}, archived</source>
        <translation>{title}, archivada</translation>
    </message>
</context>
<context>
    <name>SearchResults</name>
    <message>
        <source>Archived</source>
        <translation>Archivadas</translation>
    </message>
</context>
<context>
    <name>SecretDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Passphrase or recovery key</source>
        <translation>Frase de contraseña o clave de recuperación</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>Nueva frase de contraseña</translation>
    </message>
    <message>
        <source>New passphrase again</source>
        <translation>Nueva frase de contraseña, otra vez</translation>
    </message>
    <message>
        <source>The two are not the same.</source>
        <translation>Las dos no coinciden.</translation>
    </message>
    <message>
        <source>Several words are easy to remember and hard to guess.</source>
        <translation>Varias palabras son fáciles de recordar y difíciles de adivinar.</translation>
    </message>
    <message>
        <source>At least {n} characters.</source>
        <translation>Al menos {n} caracteres.</translation>
    </message>
    <message>
        <source>Easy to guess. Add words.</source>
        <translation>Fácil de adivinar. Añade palabras.</translation>
    </message>
    <message>
        <source>Fair. One more word makes it good.</source>
        <translation>Aceptable. Con una palabra más será buena.</translation>
    </message>
    <message>
        <source>Good.</source>
        <translation>Buena.</translation>
    </message>
    <message>
        <source>Very hard to guess.</source>
        <translation>Muy difícil de adivinar.</translation>
    </message>
</context>
<context>
    <name>SecretField</name>
    <message>
        <source>Hide what is typed</source>
        <translation>Ocultar lo escrito</translation>
    </message>
    <message>
        <source>Show what is typed</source>
        <translation>Mostrar lo escrito</translation>
    </message>
    <message>
        <source>Caps Lock seems to be on.</source>
        <translation>Parece que el bloqueo de mayúsculas está activado.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation>Volver a cargar el modelo</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Páginas de los ajustes</translation>
    </message>
    <message>
        <source>General</source>
        <translation>General</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Respuestas</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Motor</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Velocidad</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>New chat</source>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>New temporary chat</source>
        <translation>Chat temporal nuevo</translation>
    </message>
    <message>
        <source>Hide the sidebar</source>
        <translation>Ocultar la barra lateral</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Help and more</source>
        <translation>Ayuda y más</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>Buscar en las conversaciones</translation>
    </message>
    <message>
        <source>Also: &quot;words in quotes&quot;, from:me, from:model, before:2026-05, after:2026-05-01</source>
        <translation>También: &quot;palabras entre comillas&quot;, de:mí, de:modelo, antes:2026-05, desde:2026-05-01</translation>
    </message>
    <message>
        <source>Also in the thinking</source>
        <translation>También en el razonamiento</translation>
    </message>
    <message>
        <source>In messages</source>
        <translation>En los mensajes</translation>
    </message>
    <message>
        <source>Found in messages</source>
        <translation>Encontrado en los mensajes</translation>
    </message>
    <message>
        <source>No conversation contains these words.</source>
        <translation>Ninguna conversación contiene estas palabras.</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Conversaciones</translation>
    </message>
    <message>
        <source>Your conversations will be listed here.</source>
        <translation>Aquí aparecerán tus conversaciones.</translation>
    </message>
</context>
<context>
    <name>SpeedPage</name>
    <message>
        <source>&amp;Read ahead while nothing else is wanted</source>
        <translation>&amp;Leer por adelantado mientras no se pide otra cosa</translation>
    </message>
    <message>
        <source>After an answer, on opening a conversation and while you type, the engine reads what is there, so that the next answer begins sooner.</source>
        <translation>Después de una respuesta, al abrir una conversación y mientras escribes, el motor lee lo que hay para que la próxima respuesta empiece antes.</translation>
    </message>
    <message>
        <source>Read ahead on &amp;battery, too</source>
        <translation>Leer por adelantado también con &amp;batería</translation>
    </message>
    <message>
        <source>&amp;Save energy on battery</source>
        <translation>&amp;Ahorrar energía con batería</translation>
    </message>
    <message>
        <source>Half the threads compute: answers are slower, the battery lasts longer.</source>
        <translation>Calcula la mitad de los hilos: las respuestas son más lentas y la batería dura más.</translation>
    </message>
    <message>
        <source>&amp;Unload the model when it is not used</source>
        <translation>&amp;Descargar el modelo de la memoria cuando no se usa</translation>
    </message>
    <message>
        <source>Gives its memory back to other programs. It is loaded again when you type or send, and goes on where it was.</source>
        <translation>Devuelve su memoria a otros programas. Se carga de nuevo cuando escribes o envías, y sigue donde estaba.</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Este equipo</translation>
    </message>
    <message>
        <source>Measure this computer…</source>
        <translation>Medir este equipo…</translation>
    </message>
    <message>
        <source>Finds out in less than two minutes which settings are the fastest for your model here.</source>
        <translation>Averigua en menos de dos minutos qué ajustes son los más rápidos aquí para tu modelo.</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nunca</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation> minutos</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Close this note</source>
        <translation>Cerrar este aviso</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
</context>
<context>
    <name>TransferDialog</name>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>TrashPage</name>
    <message>
        <source>Trash</source>
        <translation>Papelera</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>Devolver a su sitio</translation>
    </message>
    <message>
        <source>Empty now…</source>
        <translation>Vaciar ahora…</translation>
    </message>
    <message>
        <source>What you delete stays here for 30 days, then it is deleted for good.</source>
        <translation>Lo que eliminas se queda aquí 30 días; después se elimina del todo.</translation>
    </message>
    <message>
        <source>The trash is empty. What you delete stays here for 30 days.</source>
        <translation>La papelera está vacía. Lo que eliminas se queda aquí 30 días.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Qué</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Eliminado</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Mensajes</translation>
    </message>
    <message>
        <source>Message in “{title}”: {excerpt}</source>
        <translation>Mensaje de «{title}»: {excerpt}</translation>
    </message>
    <message>
        <source>It is back where it was.</source>
        <translation>Está de nuevo en su sitio.</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>Vaciar la papelera</translation>
    </message>
    <message>
        <source>Erase everything in the trash for good?</source>
        <translation>¿Borrar del todo lo que hay en la papelera?</translation>
    </message>
    <message>
        <source>Messages: {n_messages}. They are erased from the file with your conversations and from all backups, so that nobody can read them there again. This cannot be undone. Exports that you made stay as they are.</source>
        <translation>Mensajes: {n_messages}. Se borran del archivo con tus conversaciones y de todas las copias de seguridad, de modo que nadie pueda volver a leerlos ahí. No se puede deshacer. Lo que hayas exportado se queda como está.</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <source>The trash is empty; erased: {n}.</source>
        <translation>La papelera está vacía; borrados: {n}.</translation>
    </message>
</context>
<context>
    <name>TuneDialog</name>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Measure now</source>
        <translation>Medir ahora</translation>
    </message>
    <message>
        <source>No model is loaded. Load the one that is to be measured first.</source>
        <translation>No hay ningún modelo cargado. Carga primero el que se va a medir.</translation>
    </message>
    <message>
        <source>Measuring {name}…</source>
        <translation>Midiendo {name}…</translation>
    </message>
    <message>
        <source>Stopped. All stays as it was.</source>
        <translation>Detenido. Todo queda como estaba.</translation>
    </message>
    <message>
        <source>{name} was not measured yet.</source>
        <translation>{name} aún no se ha medido.</translation>
    </message>
    <message>
        <source>The automatic settings are as fast as any. All stays as it was.</source>
        <translation>Los ajustes automáticos son tan rápidos como cualquier otro. Todo queda como estaba.</translation>
    </message>
    <message>
        <source>These settings are in use. {gain}</source>
        <translation>Estos ajustes están en uso. {gain}</translation>
    </message>
    <message>
        <source>Faster settings were found. {gain}</source>
        <translation>Se han encontrado ajustes más rápidos. {gain}</translation>
    </message>
    <message>
        <source>Measure this computer</source>
        <translation>Medir este equipo</translation>
    </message>
    <message>
        <source>Lumbre tries a few ways to run the model and keeps one only when it is clearly faster. It takes less than two minutes, in a process of its own, and can be stopped at any moment. The model sleeps meanwhile. Other programs that work at the same time make the result worse.</source>
        <translation>Lumbre prueba unas pocas maneras de ejecutar el modelo y solo se queda con una si es claramente más rápida. Tarda menos de dos minutos, en un proceso propio, y se puede detener en cualquier momento. Mientras tanto el modelo duerme. Otros programas que trabajen a la vez empeoran el resultado.</translation>
    </message>
    <message>
        <source>What was tried</source>
        <translation>Lo que se ha probado</translation>
    </message>
    <message>
        <source>Use these</source>
        <translation>Usar estos</translation>
    </message>
    <message>
        <source>Back to automatic</source>
        <translation>Volver a automático</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>TuneOffer</name>
    <message>
        <source>Lumbre can find out how this model runs fastest here. It takes less than two minutes and can be done later, too: Settings, Speed.</source>
        <translation>Lumbre puede averiguar cómo va más rápido este modelo aquí. Tarda menos de dos minutos y también se puede hacer más tarde: Ajustes, Velocidad.</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Medir</translation>
    </message>
</context>
<context>
    <name>Tuning</name>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Tokens read at once</source>
        <translation>Tokens leídos de una vez</translation>
    </message>
    <message>
        <source>Layers whose experts stay in main memory</source>
        <translation>Capas cuyos expertos se quedan en la memoria principal</translation>
    </message>
    <message>
        <source>Model in memory</source>
        <translation>Modelo en memoria</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash attention</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Activada</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Desactivada</translation>
    </message>
    <message>
        <source>Mapped from the file</source>
        <translation>Asignado desde el archivo</translation>
    </message>
    <message>
        <source>Read completely</source>
        <translation>Leído por completo</translation>
    </message>
    <message>
        <source>Reading {reading} tokens/s, writing {writing} tokens/s.</source>
        <translation>Lectura {reading} tokens/s, escritura {writing} tokens/s.</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Ajuste</translation>
    </message>
    <message>
        <source>Tried</source>
        <translation>Probado</translation>
    </message>
    <message>
        <source>Reading, tokens/s</source>
        <translation>Lectura, tokens/s</translation>
    </message>
    <message>
        <source>Writing, tokens/s</source>
        <translation>Escritura, tokens/s</translation>
    </message>
    <message>
        <source>Better</source>
        <translation>Mejor</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Sí</translation>
    </message>
    <message>
        <source>No</source>
        <translation>No</translation>
    </message>
</context>
<context>
    <name>UpdateDialog</name>
    <message>
        <source>Check for updates</source>
        <translation>Buscar actualizaciones</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>Novedades</translation>
    </message>
    <message>
        <source>Ask now</source>
        <translation>Preguntar ahora</translation>
    </message>
    <message>
        <source>Open its page…</source>
        <translation>Abrir su página…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>The offline lock is on, so Lumbre asks nobody. Switch it off on the page of models to look for a newer version.</source>
        <translation>El bloqueo sin conexión está activado y Lumbre no pregunta a nadie. Desactívalo en la página de modelos para buscar una versión más nueva.</translation>
    </message>
    <message>
        <source>Lumbre can look up whether there is a newer version than yours, {version}. It asks this address, once:

{address}

Only the number of your version is sent, and as with every connection the other side sees your network address. Nothing is downloaded or installed.</source>
        <translation>Lumbre puede averiguar si hay una versión más nueva que la tuya, la {version}. Pregunta una vez a esta dirección:

{address}

Solo se envía el número de tu versión y, como en toda conexión, la otra parte ve tu dirección de red. No se descarga ni se instala nada.</translation>
    </message>
    <message>
        <source>Asking {host}…</source>
        <translation>Preguntando a {host}…</translation>
    </message>
    <message>
        <source>No version has been published there yet.</source>
        <translation>Allí aún no se ha publicado ninguna versión.</translation>
    </message>
    <message>
        <source>Version {new} is there ({date}). You have {version}.</source>
        <translation>Ya está la versión {new} ({date}). Tú tienes la {version}.</translation>
    </message>
    <message>
        <source>You have the newest version, {version}.</source>
        <translation>Tienes la versión más nueva, la {version}.</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>The answer is copied.</source>
        <translation>Respuesta copiada.</translation>
    </message>
    <message>
        <source>The code is copied.</source>
        <translation>Código copiado.</translation>
    </message>
    <message>
        <source>The last answer has no code.</source>
        <translation>La última respuesta no tiene código.</translation>
    </message>
</context>
<context>
    <name>WindowFiles</name>
    <message>
        <source>Attach files</source>
        <translation>Adjuntar archivos</translation>
    </message>
    <message>
        <source>The pasted text is larger than 2 MB, which is more than the model can read at once. Your message is kept. Paste a part of it.</source>
        <translation>El texto pegado ocupa más de 2 MB, que es más de lo que el modelo puede leer a la vez. Tu mensaje se conserva. Pega una parte.</translation>
    </message>
    <message>
        <source>A message takes {n} attachments. The others were not attached.</source>
        <translation>Un mensaje admite {n} adjuntos. Los demás no se han adjuntado.</translation>
    </message>
</context>
<context>
    <name>WindowHistory</name>
    <message>
        <source>Backups and repair</source>
        <translation>Copias y reparación</translation>
    </message>
</context>
<context>
    <name>WindowOrganisation</name>
    <message>
        <source>Temporary chat</source>
        <translation>Chat temporal</translation>
    </message>
    <message>
        <source>There is a temporary chat that is not saved. Keep it?</source>
        <translation>Hay un chat temporal sin guardar. ¿Quieres conservarlo?</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Conservarlo</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>Olvidarlo</translation>
    </message>
</context>
<context>
    <name>attachments</name>
    <message>
        <source>Pasted text</source>
        <translation>Texto pegado</translation>
    </message>
    <message>
        <source>about 1 token</source>
        <translation>alrededor de 1 token</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} tokens</translation>
    </message>
    <message>
        <source>about {n} tokens</source>
        <translation>alrededor de {n} tokens</translation>
    </message>
    <message>
        <source>only the beginning</source>
        <translation>solo el principio</translation>
    </message>
    <message>
        <source>{n} attachments do not fit the context: the model reads their beginnings only. All of them is kept with your message.</source>
        <translation>{n} adjuntos no caben en el contexto: el modelo solo lee el principio de cada uno. Todo se conserva con tu mensaje.</translation>
    </message>
    <message>
        <source>{name} does not fit the context: the model reads about the first {percent} % of it. All of it is kept with your message.</source>
        <translation>{name} no cabe en el contexto: el modelo lee aproximadamente el primer {percent} %. Todo se conserva con tu mensaje.</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Respuesta</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Vista</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programa</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>Conversación nueva</translation>
    </message>
    <message>
        <source>New temporary chat, which is never saved</source>
        <translation>Chat temporal nuevo, que nunca se guarda</translation>
    </message>
    <message>
        <source>Keep this temporary chat</source>
        <translation>Conservar este chat temporal</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>Buscar conversaciones</translation>
    </message>
    <message>
        <source>Find in this conversation</source>
        <translation>Buscar en esta conversación</translation>
    </message>
    <message>
        <source>Rename this conversation</source>
        <translation>Cambiar el nombre de esta conversación</translation>
    </message>
    <message>
        <source>Pin or unpin this conversation</source>
        <translation>Fijar o soltar esta conversación</translation>
    </message>
    <message>
        <source>Move to a folder…</source>
        <translation>Mover a una carpeta…</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Carpeta nueva…</translation>
    </message>
    <message>
        <source>Archive, or take out of the archive</source>
        <translation>Archivar, o sacar del archivo</translation>
    </message>
    <message>
        <source>Delete this conversation</source>
        <translation>Eliminar esta conversación</translation>
    </message>
    <message>
        <source>Instructions and sampling…</source>
        <translation>Instrucciones y muestreo…</translation>
    </message>
    <message>
        <source>Export conversations…</source>
        <translation>Exportar conversaciones…</translation>
    </message>
    <message>
        <source>Import conversations…</source>
        <translation>Importar conversaciones…</translation>
    </message>
    <message>
        <source>Backups, trash, repair…</source>
        <translation>Copias, papelera, reparación…</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>Escribe un mensaje</translation>
    </message>
    <message>
        <source>Edit your last message</source>
        <translation>Editar tu último mensaje</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>Detener la respuesta</translation>
    </message>
    <message>
        <source>Answer now, without more thinking</source>
        <translation>Responder ya, sin pensar más</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>Responder de nuevo</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>Copiar la última respuesta</translation>
    </message>
    <message>
        <source>Copy the last code block</source>
        <translation>Copiar el último bloque de código</translation>
    </message>
    <message>
        <source>Reasoning: Low</source>
        <translation>Razonamiento: Bajo</translation>
    </message>
    <message>
        <source>Reasoning: Medium</source>
        <translation>Razonamiento: Medio</translation>
    </message>
    <message>
        <source>Reasoning: High</source>
        <translation>Razonamiento: Alto</translation>
    </message>
    <message>
        <source>Jump to the latest message</source>
        <translation>Ir al último mensaje</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation>Mostrar u ocultar la barra lateral</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Aumentar el zoom</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Reducir el zoom</translation>
    </message>
    <message>
        <source>Zoom to normal size</source>
        <translation>Zoom al tamaño normal</translation>
    </message>
    <message>
        <source>Go to the next part of the window</source>
        <translation>Ir a la parte siguiente de la ventana</translation>
    </message>
    <message>
        <source>Go to the previous part of the window</source>
        <translation>Ir a la parte anterior de la ventana</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>Todas las órdenes</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>Rendimiento</translation>
    </message>
    <message>
        <source>Passphrase and locking</source>
        <translation>Frase de contraseña y bloqueo</translation>
    </message>
    <message>
        <source>Lock the conversations now</source>
        <translation>Bloquear las conversaciones ahora</translation>
    </message>
    <message>
        <source>Measure this computer…</source>
        <translation>Medir este equipo…</translation>
    </message>
    <message>
        <source>Check for updates…</source>
        <translation>Buscar actualizaciones…</translation>
    </message>
    <message>
        <source>About Lumbre</source>
        <translation>Acerca de Lumbre</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>This message is too long: {n_needed} tokens, and the context has room for {n_room}. Your text is kept. Shorten it, or choose a larger context in the settings.</source>
        <translation>Este mensaje es demasiado largo: {n_needed} tokens, y en el contexto caben {n_room}. Tu texto se conserva. Acórtalo o elige un contexto mayor en los ajustes.</translation>
    </message>
    <message>
        <source>The settings could not be saved in {folder}: {reason}. They hold until Lumbre closes. Check that the folder can be written and has room.</source>
        <translation>No se han podido guardar los ajustes en {folder}: {reason}. Valen hasta que se cierre Lumbre. Comprueba que se pueda escribir en la carpeta y que haya espacio.</translation>
    </message>
    <message>
        <source>The package llama-cpp-python is missing, so no model can be loaded. Your conversations are safe. Install Lumbre again.</source>
        <translation>Falta el paquete llama-cpp-python, así que no se puede cargar ningún modelo. Tus conversaciones están a salvo. Vuelve a instalar Lumbre.</translation>
    </message>
    <message>
        <source>llama.cpp could not be started ({reason}), so no model can be loaded. Your conversations are safe. Install Lumbre again.</source>
        <translation>No se ha podido iniciar llama.cpp ({reason}), así que no se puede cargar ningún modelo. Tus conversaciones están a salvo. Vuelve a instalar Lumbre.</translation>
    </message>
    <message>
        <source>llama.cpp has another version ({found}) than this program needs ({needed}), so no model can be loaded. Your conversations are safe. Install Lumbre again.</source>
        <translation>llama.cpp tiene otra versión ({found}) que la que necesita este programa ({needed}), así que no se puede cargar ningún modelo. Tus conversaciones están a salvo. Vuelve a instalar Lumbre.</translation>
    </message>
    <message>
        <source>{name} could not be loaded: {reason}. Your conversations are safe. Download the model again, or choose another one.</source>
        <translation>No se ha podido cargar {name}: {reason}. Tus conversaciones están a salvo. Vuelve a descargar el modelo o elige otro.</translation>
    </message>
    <message>
        <source>There is not enough memory for {name} with a context of {n_ctx} tokens. Your conversations are safe. Close other programs, or choose a smaller context in the settings.</source>
        <translation>No hay memoria suficiente para {name} con un contexto de {n_ctx} tokens. Tus conversaciones están a salvo. Cierra otros programas o elige un contexto menor en los ajustes.</translation>
    </message>
    <message>
        <source>The engine could not go on with this answer (llama.cpp&apos;s code {code}), probably for want of memory. What has been written is kept. Try again, or choose a smaller context in the settings.</source>
        <translation>El motor no ha podido seguir con esta respuesta (código {code} de llama.cpp), probablemente por falta de memoria. Lo que ya está escrito se conserva. Inténtalo de nuevo o elige un contexto menor en los ajustes.</translation>
    </message>
    <message>
        <source>{file} is one of the {n} parts of a model, but its name has been changed. Nothing was loaded. Name the parts as they were published, as in name-00001-of-00003.gguf, and keep them in one folder.</source>
        <translation>{file} es una de las {n} partes de un modelo, pero se le ha cambiado el nombre. No se ha cargado nada. Pon a las partes el nombre con que se publicaron, como nombre-00001-of-00003.gguf, y guárdalas en una misma carpeta.</translation>
    </message>
    <message>
        <source>The model has {n} parts and {missing} is missing in {folder}. Nothing was loaded and your conversations are safe. Download that part into the same folder.</source>
        <translation>El modelo tiene {n} partes y falta {missing} en {folder}. No se ha cargado nada y tus conversaciones están a salvo. Descarga esa parte en la misma carpeta.</translation>
    </message>
    <message>
        <source>{file} is gpt-oss as Ollama stores it, with its own names for everything, which only Ollama can load. Nothing was changed. Download the ordinary GGUF of gpt-oss, for example from ggml-org.</source>
        <translation>{file} es gpt-oss tal como lo guarda Ollama, con nombres propios para todo, y solo Ollama puede cargarlo. No se ha cambiado nada. Descarga el GGUF corriente de gpt-oss, por ejemplo el de ggml-org.</translation>
    </message>
    <message>
        <source>{file} is a draft model ({architecture}), a helper that cannot answer by itself. Nothing was changed. Choose the gpt-oss model itself.</source>
        <translation>{file} es un modelo borrador ({architecture}), un ayudante que no puede responder por sí solo. No se ha cambiado nada. Elige el propio modelo gpt-oss.</translation>
    </message>
    <message>
        <source>{file} holds a model of the architecture {architecture}; Lumbre runs gpt-oss only. Nothing was changed. Choose a gpt-oss file, or download gpt-oss-20b.</source>
        <translation>{file} contiene un modelo de la arquitectura {architecture}; Lumbre solo usa gpt-oss. No se ha cambiado nada. Elige un archivo de gpt-oss o descarga gpt-oss-20b.</translation>
    </message>
    <message>
        <source>The model file {file} is damaged, or its maker does not follow the format: {what}. Nothing was loaded and your conversations are safe. Download the model again, or choose another one.</source>
        <translation>El archivo de modelo {file} está dañado, o quien lo hizo no sigue el formato: {what}. No se ha cargado nada y tus conversaciones están a salvo. Vuelve a descargar el modelo o elige otro.</translation>
    </message>
    <message>
        <source>The model file {file} is cut off: its {size} bytes end inside the header. Nothing was loaded and your conversations are safe. Download the model again.</source>
        <translation>El archivo de modelo {file} está incompleto: sus {size} bytes terminan dentro de la cabecera. No se ha cargado nada y tus conversaciones están a salvo. Vuelve a descargar el modelo.</translation>
    </message>
    <message>
        <source>The model file {file} is cut off: it has {size} of {expected} bytes. Nothing was loaded and your conversations are safe. Download the model again.</source>
        <translation>El archivo de modelo {file} está incompleto: tiene {size} de {expected} bytes. No se ha cargado nada y tus conversaciones están a salvo. Vuelve a descargar el modelo.</translation>
    </message>
    <message>
        <source>The model file {file} is not in {folder}. Your conversations are safe. Choose another model, or download this one again.</source>
        <translation>El archivo de modelo {file} no está en {folder}. Tus conversaciones están a salvo. Elige otro modelo o vuelve a descargar este.</translation>
    </message>
    <message>
        <source>The model file {file} cannot be read: {reason}. Your conversations are safe. Check the drive and the rights of the file, or choose another model.</source>
        <translation>No se puede leer el archivo de modelo {file}: {reason}. Tus conversaciones están a salvo. Comprueba la unidad y los permisos del archivo, o elige otro modelo.</translation>
    </message>
    <message>
        <source>{file} is not a file but a folder or a device. Nothing was loaded. Choose a file whose name ends in .gguf.</source>
        <translation>{file} no es un archivo, sino una carpeta o un dispositivo. No se ha cargado nada. Elige un archivo cuyo nombre termine en .gguf.</translation>
    </message>
    <message>
        <source>The model file {file} is empty. Nothing was loaded and your conversations are safe. Download the model again.</source>
        <translation>El archivo de modelo {file} está vacío. No se ha cargado nada y tus conversaciones están a salvo. Vuelve a descargar el modelo.</translation>
    </message>
    <message>
        <source>{file} is a web page that was saved in place of the model, often the sign-in page of a network. Nothing was loaded. Sign in to the network and download the model again.</source>
        <translation>{file} es una página web guardada en lugar del modelo, a menudo la página de acceso de una red. No se ha cargado nada. Inicia sesión en la red y vuelve a descargar el modelo.</translation>
    </message>
    <message>
        <source>{file} is a Git LFS pointer, which only names the model and does not hold it. Nothing was loaded. Run git lfs pull, or download the model itself.</source>
        <translation>{file} es un puntero de Git LFS, que solo nombra el modelo y no lo contiene. No se ha cargado nada. Ejecuta git lfs pull o descarga el propio modelo.</translation>
    </message>
    <message>
        <source>{file} is not a model in the GGUF format. Nothing was loaded and your conversations are safe. Choose a gpt-oss file whose name ends in .gguf.</source>
        <translation>{file} no es un modelo en formato GGUF. No se ha cargado nada y tus conversaciones están a salvo. Elige un archivo de gpt-oss cuyo nombre termine en .gguf.</translation>
    </message>
    <message>
        <source>The engine has stopped: {reason}. Your conversations are safe. Restart Lumbre to go on.</source>
        <translation>El motor se ha detenido: {reason}. Tus conversaciones están a salvo. Reinicia Lumbre para seguir.</translation>
    </message>
    <message>
        <source>The vocabulary file {name} cannot be read. Your conversations are safe. Install Lumbre again.</source>
        <translation>No se puede leer el archivo de vocabulario {name}. Tus conversaciones están a salvo. Vuelve a instalar Lumbre.</translation>
    </message>
    <message>
        <source>The vocabulary file {name} is damaged. Your conversations are safe. Install Lumbre again.</source>
        <translation>El archivo de vocabulario {name} está dañado. Tus conversaciones están a salvo. Vuelve a instalar Lumbre.</translation>
    </message>
    <message>
        <source>llama.cpp gave up in a trial load of {file} ({reason}). Lumbre itself is not affected and your conversations are safe. Download the model again, or choose another one.</source>
        <translation>llama.cpp se ha rendido en una carga de prueba de {file} ({reason}). A Lumbre no le afecta y tus conversaciones están a salvo. Vuelve a descargar el modelo o elige otro.</translation>
    </message>
    <message>
        <source>The system ended a trial load of {file}, probably because memory ran out. Your conversations are safe. Close other programs, or choose a smaller model or context.</source>
        <translation>El sistema ha terminado una carga de prueba de {file}, probablemente por falta de memoria. Tus conversaciones están a salvo. Cierra otros programas o elige un modelo o un contexto menor.</translation>
    </message>
    <message>
        <source>A trial load of {file} used an instruction that this processor does not have. Your conversations are safe. Install the build of Lumbre for this computer.</source>
        <translation>Una carga de prueba de {file} ha usado una instrucción que este procesador no tiene. Tus conversaciones están a salvo. Instala la versión de Lumbre para este equipo.</translation>
    </message>
    <message>
        <source>A trial load of {file} crashed ({reason}). Lumbre itself is not affected and your conversations are safe. Download the model again, or choose another one; if a graphics card was used, set it to off.</source>
        <translation>Una carga de prueba de {file} ha fallado ({reason}). A Lumbre no le afecta y tus conversaciones están a salvo. Vuelve a descargar el modelo o elige otro; si se usaba una tarjeta gráfica, desactívala.</translation>
    </message>
    <message>
        <source>A trial load of {file} did not end within {seconds} seconds and was stopped. Your conversations are safe. The drive may be too slow or the memory too small: close other programs and try again, or choose a smaller model.</source>
        <translation>Una carga de prueba de {file} no ha terminado en {seconds} segundos y se ha detenido. Tus conversaciones están a salvo. Quizá la unidad sea demasiado lenta o la memoria demasiado pequeña: cierra otros programas e inténtalo de nuevo, o elige un modelo menor.</translation>
    </message>
    <message>
        <source>Lumbre is locked offline, so nothing was sent or fetched. What has been downloaded so far is kept. Switch the lock off to go on.</source>
        <translation>El bloqueo sin conexión está activo, así que no se ha enviado ni recibido nada. Lo que ya se ha descargado se conserva. Desactiva el bloqueo para seguir.</translation>
    </message>
    <message>
        <source>{host} cannot be reached. What has been downloaded so far is kept. Check the network connection; Lumbre goes on as soon as it is back.</source>
        <translation>No se puede llegar a {host}. Lo que ya se ha descargado se conserva. Comprueba la conexión de red; Lumbre seguirá en cuanto vuelva.</translation>
    </message>
    <message>
        <source>Nothing has come from {host} for {seconds} seconds. What has been downloaded so far is kept. Lumbre connects again by itself.</source>
        <translation>No ha llegado nada de {host} en {seconds} segundos. Lo que ya se ha descargado se conserva. Lumbre vuelve a conectarse por sí solo.</translation>
    </message>
    <message>
        <source>A web page came instead of the file from {host}: this network probably wants you to sign in first. Nothing of the page was saved. Open a browser, sign in, and Lumbre goes on by itself.</source>
        <translation>De {host} ha llegado una página web en lugar del archivo: es probable que esta red te pida antes que inicies sesión. No se ha guardado nada de la página. Abre un navegador, inicia sesión y Lumbre seguirá por sí solo.</translation>
    </message>
    <message>
        <source>The connection to {host} is not trusted ({reason}), so nothing was fetched over it. Check the date of this computer, and whether this network checks connections; its certificate must then be installed in the system.</source>
        <translation>La conexión con {host} no es de confianza ({reason}), así que no se ha recibido nada por ella. Comprueba la fecha de este equipo y si esta red inspecciona las conexiones; en ese caso, su certificado debe estar instalado en el sistema.</translation>
    </message>
    <message>
        <source>The proxy {host} did not let the connection through ({reason}). What has been downloaded so far is kept. Check the proxy in the system&apos;s network settings.</source>
        <translation>El proxy {host} no ha dejado pasar la conexión ({reason}). Lo que ya se ha descargado se conserva. Comprueba el proxy en los ajustes de red del sistema.</translation>
    </message>
    <message>
        <source>{host} has trouble at the moment (answer {status}). What has been downloaded so far is kept. Lumbre tries again by itself.</source>
        <translation>{host} tiene problemas en este momento (respuesta {status}). Lo que ya se ha descargado se conserva. Lumbre lo intentará de nuevo por sí solo.</translation>
    </message>
    <message>
        <source>{host} asks to wait because too much was fetched from this network. What has been downloaded so far is kept. Lumbre goes on by itself later.</source>
        <translation>{host} pide esperar porque se ha descargado demasiado desde esta red. Lo que ya se ha descargado se conserva. Lumbre seguirá por sí solo más tarde.</translation>
    </message>
    <message>
        <source>{repository} is not open to everybody. Accept its conditions on its page at Hugging Face, make an access token there, and enter the token in Lumbre.</source>
        <translation>{repository} no está abierto a todo el mundo. Acepta sus condiciones en su página de Hugging Face, crea allí un token de acceso e introdúcelo en Lumbre.</translation>
    </message>
    <message>
        <source>Hugging Face has no repository {repository}, or it is private. Check the name; for a private one, enter your access token.</source>
        <translation>Hugging Face no tiene ningún repositorio {repository}, o es privado. Comprueba el nombre; para uno privado, introduce tu token de acceso.</translation>
    </message>
    <message>
        <source>{repository} no longer offers {name} as it was. Nothing on this computer was changed. Look the repository up again and choose one of its present files.</source>
        <translation>{repository} ya no ofrece {name} tal como era. No se ha cambiado nada en este equipo. Vuelve a consultar el repositorio y elige uno de sus archivos actuales.</translation>
    </message>
    <message>
        <source>{host} offers another file than the expected {name}: its size, hash or revision is different. It was not saved. Look the repository up again, or try later.</source>
        <translation>{host} ofrece otro archivo en lugar del esperado {name}: su tamaño, su hash o su revisión son distintos. No se ha guardado. Vuelve a consultar el repositorio o inténtalo más tarde.</translation>
    </message>
    <message>
        <source>What the server sends as {name} is not a model file. It was not saved. Choose another file, or try later.</source>
        <translation>Lo que el servidor envía como {name} no es un archivo de modelo. No se ha guardado. Elige otro archivo o inténtalo más tarde.</translation>
    </message>
    <message>
        <source>The download of {name} is damaged: its content does not match its SHA-256. It was removed and cannot be used by mistake. Download it again; if it happens again, check this computer&apos;s memory and drive.</source>
        <translation>La descarga de {name} está dañada: su contenido no coincide con su SHA-256. Se ha eliminado para que no se use por error. Vuelve a descargarlo; si ocurre de nuevo, comprueba la memoria y la unidad de este equipo.</translation>
    </message>
    <message>
        <source>{host} wanted to hand the download over in an unsafe way, so it was stopped. What has been downloaded so far is kept. Try again later or in another network.</source>
        <translation>{host} quería entregar la descarga de una forma insegura, así que se ha detenido. Lo que ya se ha descargado se conserva. Inténtalo más tarde o en otra red.</translation>
    </message>
    <message>
        <source>There is not enough room in {folder}: {missing} more are needed. Nothing is lost. Free that much, or choose a folder on another drive.</source>
        <translation>No hay espacio suficiente en {folder}: hacen falta {missing} más. No se ha perdido nada. Libera ese espacio o elige una carpeta en otra unidad.</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be used: {reason}. What was there before is unchanged. Check that the drive is connected and that you may write there, or choose another folder.</source>
        <translation>No se puede usar la carpeta {folder}: {reason}. Lo que había antes sigue igual. Comprueba que la unidad esté conectada y que puedas escribir en ella, o elige otra carpeta.</translation>
    </message>
    <message>
        <source>The drive of {folder} cannot hold a file this large; drives formatted as FAT32 end at 4 GB. Choose a folder on another drive.</source>
        <translation>En la unidad de {folder} no cabe un archivo tan grande; las unidades con formato FAT32 llegan a 4 GB. Elige una carpeta en otra unidad.</translation>
    </message>
    <message>
        <source>{name} is already being downloaded, perhaps by another Lumbre window. Wait for it, or stop it there.</source>
        <translation>{name} ya se está descargando, quizá en otra ventana de Lumbre. Espera a que acabe o detenla allí.</translation>
    </message>
    <message>
        <source>“{text}” is not a repository. Write owner/name, or paste the address of its page at Hugging Face.</source>
        <translation>«{text}» no es un repositorio. Escribe propietario/nombre o pega la dirección de su página de Hugging Face.</translation>
    </message>
    <message>
        <source>This is not an access token: it has signs that tokens never have. Nothing was changed. Copy the token from your Hugging Face settings again.</source>
        <translation>Esto no es un token de acceso: tiene signos que los tokens nunca tienen. No se ha cambiado nada. Vuelve a copiar el token desde tus ajustes de Hugging Face.</translation>
    </message>
    <message>
        <source>The keyring of this computer cannot be used, so the access token was not saved or removed there. It holds until Lumbre closes. Unlock or install a keyring to keep it.</source>
        <translation>No se puede usar el llavero de este equipo, así que el token de acceso no se ha guardado ni eliminado en él. Vale hasta que se cierre Lumbre. Desbloquea o instala un llavero para conservarlo.</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be made: {reason}. Nothing was changed. Choose another folder with --data-dir, or make this one writable.</source>
        <translation>No se puede crear la carpeta {folder}: {reason}. No se ha cambiado nada. Elige otra carpeta con --data-dir o permite escribir en esta.</translation>
    </message>
    <message>
        <source>This conversation or message is no longer there: it was deleted for good. Everything else is unchanged.</source>
        <translation>Esta conversación o este mensaje ya no está: se eliminó para siempre. Todo lo demás sigue igual.</translation>
    </message>
    <message>
        <source>The data folder {folder} cannot be written. Your conversations can be read and exported; nothing new is saved. Allow writing there, or choose another data folder.</source>
        <translation>No se puede escribir en la carpeta de datos {folder}. Tus conversaciones se pueden leer y exportar; no se guarda nada nuevo. Permite escribir en ella o elige otra carpeta de datos.</translation>
    </message>
    <message>
        <source>The conversations in {folder} were written by a newer version of Lumbre. They can be read and exported, and are not changed. Install the newer version to go on with them.</source>
        <translation>Las conversaciones de {folder} las ha escrito una versión más nueva de Lumbre. Se pueden leer y exportar, y no se cambian. Instala la versión más nueva para seguir con ellas.</translation>
    </message>
    <message>
        <source>The file with your conversations was damaged. {n_messages} messages in {n_conversations} conversations were read from it. The damaged file is kept as it was in {folder}.</source>
        <translation>El archivo con tus conversaciones estaba dañado. De él se han leído {n_messages} mensajes en {n_conversations} conversaciones. El archivo dañado se conserva tal como estaba en {folder}.</translation>
    </message>
    <message>
        <source>The file with your conversations was damaged. {n_messages} messages in {n_conversations} conversations were read from it. The damaged file is kept as it was in {folder}. There is also a backup of {date}, which you can restore.</source>
        <translation>El archivo con tus conversaciones estaba dañado. De él se han leído {n_messages} mensajes en {n_conversations} conversaciones. El archivo dañado se conserva tal como estaba en {folder}. También hay una copia de seguridad del {date}, que puedes restaurar.</translation>
    </message>
    <message>
        <source>The file with your conversations was missing or empty, so a new one was begun as {path}. There is a backup of {date}, which you can restore.</source>
        <translation>El archivo con tus conversaciones no estaba o estaba vacío, así que se ha empezado uno nuevo en {path}. Hay una copia de seguridad del {date}, que puedes restaurar.</translation>
    </message>
    <message>
        <source>The encrypted file {path} cannot be opened: it is damaged, or another key file belongs to it. It was not changed. Restore a backup: choose “Backups and repair”.</source>
        <translation>El archivo cifrado {path} no se puede abrir: está dañado o le corresponde otro archivo de clave. No se ha cambiado. Restaura una copia de seguridad: elige «Copias y reparación».</translation>
    </message>
    <message>
        <source>The conversations in {folder} are encrypted. Nothing was changed. Enter the passphrase or the recovery key to open them.</source>
        <translation>Las conversaciones de {folder} están cifradas. No se ha cambiado nada. Introduce la frase de contraseña o la clave de recuperación para abrirlas.</translation>
    </message>
    <message>
        <source>The data folder {folder} cannot be written, and there are no conversations in it. Allow writing there, or choose another data folder.</source>
        <translation>No se puede escribir en la carpeta de datos {folder}, y no hay conversaciones en ella. Permite escribir en ella o elige otra carpeta de datos.</translation>
    </message>
    <message>
        <source>The data folder {folder} cannot be used because a file is in its place. Nothing was changed. Choose another data folder, or move that file away.</source>
        <translation>No se puede usar la carpeta de datos {folder} porque en su lugar hay un archivo. No se ha cambiado nada. Elige otra carpeta de datos o mueve ese archivo.</translation>
    </message>
    <message>
        <source>The disk of the folder {folder} is full: about {missing} more are needed. What was saved before is safe; the last change was not saved. Make room and try again.</source>
        <translation>El disco de la carpeta {folder} está lleno: hacen falta unos {missing} más. Lo guardado antes está a salvo; el último cambio no se ha guardado. Libera espacio e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>Lumbre may not write in the folder {folder}. What is saved there is unchanged. Allow writing there, or choose another data folder.</source>
        <translation>Lumbre no tiene permiso para escribir en la carpeta {folder}. Lo guardado en ella sigue igual. Permite escribir en ella o elige otra carpeta de datos.</translation>
    </message>
    <message>
        <source>Another program is using the conversations in {folder}, so the last change was not saved. What was saved before is safe. Close the other program and try again.</source>
        <translation>Otro programa está usando las conversaciones de {folder}, así que el último cambio no se ha guardado. Lo guardado antes está a salvo. Cierra el otro programa e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>The file {path} is not a database of Lumbre. It was not changed. Move it away, or choose another data folder.</source>
        <translation>El archivo {path} no es una base de datos de Lumbre. No se ha cambiado. Muévelo a otro sitio o elige otra carpeta de datos.</translation>
    </message>
    <message>
        <source>The file {path} is damaged. It was not changed. Use “Check and repair”: what can be read is saved, and a backup can be restored.</source>
        <translation>El archivo {path} está dañado. No se ha cambiado. Usa «Comprobar y reparar»: se guarda lo que se pueda leer y se puede restaurar una copia de seguridad.</translation>
    </message>
    <message>
        <source>The disk of the folder {folder} does not read or write as it should ({reason}). The last change was not saved; what was saved before is not touched. Check the disk or its cable, and try again.</source>
        <translation>El disco de la carpeta {folder} no lee o no escribe como debería ({reason}). El último cambio no se ha guardado; lo guardado antes no se ha tocado. Comprueba el disco o su cable e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>The conversations in {folder} cannot be opened. Nothing was changed. Check that the folder exists, can be written and has room, then start Lumbre again.</source>
        <translation>No se pueden abrir las conversaciones de {folder}. No se ha cambiado nada. Comprueba que la carpeta exista, que se pueda escribir en ella y que haya espacio, y vuelve a abrir Lumbre.</translation>
    </message>
    <message>
        <source>The conversations in {folder} cannot be used ({reason}). What was saved before is safe. Start Lumbre again; if that does not help, restore a backup.</source>
        <translation>No se pueden usar las conversaciones de {folder} ({reason}). Lo guardado antes está a salvo. Vuelve a abrir Lumbre; si no ayuda, restaura una copia de seguridad.</translation>
    </message>
    <message>
        <source>The disk of the folder {folder} is full. Lumbre used its last reserve: everything is saved so far. Make {missing} of room now.</source>
        <translation>El disco de la carpeta {folder} está lleno. Lumbre ha usado su última reserva: hasta ahora está todo guardado. Libera {missing} ahora.</translation>
    </message>
    <message>
        <source>The file with your conversations was moved or deleted while Lumbre was running. Nothing is lost: it was written again as {path}.</source>
        <translation>El archivo con tus conversaciones se movió o se eliminó mientras Lumbre estaba abierto. No se ha perdido nada: se ha vuelto a escribir como {path}.</translation>
    </message>
    <message>
        <source>Another program replaced the file with your conversations while Lumbre was running. Neither was changed: what Lumbre had is saved in {copy}. Close Lumbre and decide which one to keep as {path}.</source>
        <translation>Otro programa sustituyó el archivo con tus conversaciones mientras Lumbre estaba abierto. No se ha cambiado ninguno: lo que tenía Lumbre está guardado en {copy}. Cierra Lumbre y decide cuál conservar como {path}.</translation>
    </message>
    <message>
        <source>Something in Lumbre went wrong. Your conversations are saved. Try again; if it happens again, restart Lumbre and send us the report.</source>
        <translation>Algo ha fallado en Lumbre. Tus conversaciones están guardadas. Inténtalo de nuevo; si vuelve a ocurrir, reinicia Lumbre y envíanos el informe.</translation>
    </message>
    <message>
        <source>The copy of {name} is not like the original, so it was removed. The original is unchanged. Check the drive that it was copied to, or choose another one.</source>
        <translation>La copia de {name} no es igual que el original, así que se ha eliminado. El original sigue igual. Comprueba la unidad en la que se copió o elige otra.</translation>
    </message>
    <message>
        <source>The backup was not made, because {path} is damaged. Earlier backups are kept. Use “Check and repair” soon.</source>
        <translation>No se ha hecho la copia de seguridad porque {path} está dañado. Las copias anteriores se conservan. Usa pronto «Comprobar y reparar».</translation>
    </message>
    <message>
        <source>The backup {path} is damaged or not one of Lumbre. Nothing was changed. Choose another backup.</source>
        <translation>La copia de seguridad {path} está dañada o no es de Lumbre. No se ha cambiado nada. Elige otra copia.</translation>
    </message>
    <message>
        <source>The file {path} can be opened, so no backup was put in its place. Nothing was changed.</source>
        <translation>El archivo {path} se puede abrir, así que no se ha puesto ninguna copia en su lugar. No se ha cambiado nada.</translation>
    </message>
    <message>
        <source>The backup {path} was made by a newer version of Lumbre. Nothing was changed. Install the newer version to restore it.</source>
        <translation>La copia de seguridad {path} la ha hecho una versión más nueva de Lumbre. No se ha cambiado nada. Instala la versión más nueva para restaurarla.</translation>
    </message>
    <message>
        <source>The trash was not emptied for good, because {path} is damaged. Use “Check and repair”, then empty the trash once more.</source>
        <translation>La papelera no se ha vaciado del todo porque {path} está dañado. Usa «Comprobar y reparar» y vuelve a vaciar la papelera.</translation>
    </message>
    <message>
        <source>The trash was emptied, but traces of it stay in {folder} while another program reads the conversations. Close that program and empty the trash once more.</source>
        <translation>La papelera se ha vaciado, pero quedan restos en {folder} mientras otro programa lee las conversaciones. Cierra ese programa y vuelve a vaciar la papelera.</translation>
    </message>
    <message>
        <source>The trash was emptied, but the backup {path} could not be changed and may still contain deleted messages. Delete that file if nobody must read them.</source>
        <translation>La papelera se ha vaciado, pero no se ha podido cambiar la copia de seguridad {path}, que quizá contenga todavía mensajes eliminados. Elimina ese archivo si nadie debe leerlos.</translation>
    </message>
    <message>
        <source>The trash was emptied. Damaged files that were set aside in {folder} may still contain deleted messages. Delete that folder when you no longer need it.</source>
        <translation>La papelera se ha vaciado. Los archivos dañados que se apartaron en {folder} quizá contengan todavía mensajes eliminados. Elimina esa carpeta cuando ya no la necesites.</translation>
    </message>
    <message>
        <source>{folder} is the models folder already, or one of the two lies inside the other. Nothing was changed. Choose a folder in another place.</source>
        <translation>{folder} ya es la carpeta de modelos, o una de las dos está dentro de la otra. No se ha cambiado nada. Elige una carpeta en otro sitio.</translation>
    </message>
    <message>
        <source>{folder} already has a file {name}. Nothing was moved. Choose an empty folder, or remove that file first.</source>
        <translation>{folder} ya tiene un archivo {name}. No se ha movido nada. Elige una carpeta vacía o quita antes ese archivo.</translation>
    </message>
    <message>
        <source>{title} lies outside the models folder, so Lumbre does not delete it. Nothing was changed. Delete it with the program that it belongs to.</source>
        <translation>{title} está fuera de la carpeta de modelos, así que Lumbre no lo elimina. No se ha cambiado nada. Elimínalo con el programa al que pertenece.</translation>
    </message>
    <message>
        <source>{name} could not be deleted: {reason}. It is still complete. Unload the model, close other programs that use it, and try again.</source>
        <translation>No se ha podido eliminar {name}: {reason}. Sigue completo. Quita el modelo de la memoria, cierra los demás programas que lo usen e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>{name} cannot get a second name in {folder}: it lies on another drive, or the drive knows no hard links. Nothing was changed. Copy it, or use it where it is.</source>
        <translation>{name} no puede tener un segundo nombre en {folder}: está en otra unidad, o la unidad no admite enlaces duros. No se ha cambiado nada. Cópialo o úsalo donde está.</translation>
    </message>
    <message>
        <source>The file ends too early: what should come after this is missing in it.</source>
        <translation>El archivo termina antes de tiempo: falta en él lo que debería venir después.</translation>
    </message>
    <message>
        <source>It was left out because its data are not as they should be ({detail}).</source>
        <translation>Se ha omitido porque sus datos no son como deberían ({detail}).</translation>
    </message>
    <message>
        <source>It was left out because there is no message in it.</source>
        <translation>Se ha omitido porque no contiene ningún mensaje.</translation>
    </message>
    <message>
        <source>It was left out because it is too large to be a conversation.</source>
        <translation>Se ha omitido porque es demasiado grande para ser una conversación.</translation>
    </message>
    <message>
        <source>{name} is a folder or a device, so it was not attached. Your message is kept. Choose a file.</source>
        <translation>{name} es una carpeta o un dispositivo, así que no se ha adjuntado. Tu mensaje se conserva. Elige un archivo.</translation>
    </message>
    <message>
        <source>{name} is larger than 20 MB, so it was not attached. Your message is kept. Attach a part of it.</source>
        <translation>{name} ocupa más de 20 MB, así que no se ha adjuntado. Tu mensaje se conserva. Adjunta una parte.</translation>
    </message>
    <message>
        <source>{name} holds no text that Lumbre can read, so it was not attached. Your message is kept. Text, code, PDF and Word files (.docx) can be attached; from other documents, copy the text and paste it.</source>
        <translation>{name} no contiene texto que Lumbre pueda leer, así que no se ha adjuntado. Tu mensaje se conserva. Se pueden adjuntar archivos de texto, de código, PDF y de Word (.docx); de otros documentos, copia el texto y pégalo.</translation>
    </message>
    <message>
        <source>{name} cannot be read ({reason}), so it was not attached. Your message is kept. Check the file and its rights.</source>
        <translation>No se puede leer {name} ({reason}), así que no se ha adjuntado. Tu mensaje se conserva. Comprueba el archivo y sus permisos.</translation>
    </message>
    <message>
        <source>There are no conversations in {path} that Lumbre can read. Nothing was imported. It reads its own JSON, ChatGPT&apos;s export (conversations.json or the zip), Open WebUI&apos;s and LM Studio&apos;s JSON.</source>
        <translation>En {path} no hay conversaciones que Lumbre pueda leer. No se ha importado nada. Lee su propio JSON, la exportación de ChatGPT (conversations.json o el zip) y los JSON de Open WebUI y LM Studio.</translation>
    </message>
    <message>
        <source>{path} cannot be read ({reason}). Nothing was imported. Check the file.</source>
        <translation>No se puede leer {path} ({reason}). No se ha importado nada. Comprueba el archivo.</translation>
    </message>
    <message>
        <source>{path} would become far too large when it is unpacked. Nothing was imported. Unpack it yourself and import the conversations.json in it, if you trust it.</source>
        <translation>{path} ocuparía demasiado al descomprimirlo. No se ha importado nada. Descomprímelo tú e importa el conversations.json que contiene, si te fías de él.</translation>
    </message>
    <message>
        <source>This file was written by a newer version of Lumbre. Nothing was imported. Install the newer version to import it.</source>
        <translation>Este archivo lo ha escrito una versión más nueva de Lumbre. No se ha importado nada. Instala la versión más nueva para importarlo.</translation>
    </message>
    <message>
        <source>The conversations in {folder} are only being read.</source>
        <translation>Las conversaciones de {folder} solo se están leyendo.</translation>
    </message>
    <message>
        <source>The data folder {folder} cannot be written, so nothing can be imported. Allow writing there, or choose another data folder.</source>
        <translation>No se puede escribir en la carpeta de datos {folder}, así que no se puede importar nada. Permite escribir en ella o elige otra carpeta de datos.</translation>
    </message>
    <message>
        <source>{name} is damaged, protected or no Word document, so it was not attached. Your message is kept. Open it in a word processor, copy the text and paste it.</source>
        <translation>{name} está dañado, protegido o no es un documento de Word, así que no se ha adjuntado. Tu mensaje se conserva. Ábrelo en un procesador de textos, copia el texto y pégalo.</translation>
    </message>
    <message>
        <source>There are no conversations in {folder}. Nothing was written. Choose the folder with --data-dir.</source>
        <translation>No hay conversaciones en {folder}. No se ha escrito nada. Elige la carpeta con --data-dir.</translation>
    </message>
    <message>
        <source>Lumbre is open with the folder {folder}. Nothing was imported. Import in its window, or close it first.</source>
        <translation>Lumbre está abierto con la carpeta {folder}. No se ha importado nada. Importa en su ventana o ciérrala antes.</translation>
    </message>
    <message>
        <source>That is neither the passphrase nor the recovery key. Nothing was changed. Check the keyboard layout and Caps Lock, and try again.</source>
        <translation>Eso no es la frase de contraseña ni la clave de recuperación. No se ha cambiado nada. Comprueba la distribución del teclado y el bloqueo de mayúsculas, e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>The key file {path} is missing or damaged, so the encrypted conversations cannot be opened. They were not changed. Put a copy of that file back; one lies in {copy}.</source>
        <translation>El archivo de clave {path} falta o está dañado, así que no se pueden abrir las conversaciones cifradas. No se han cambiado. Vuelve a poner una copia de ese archivo; hay una en {copy}.</translation>
    </message>
    <message>
        <source>A passphrase needs at least {n} characters. Nothing was changed. Several words are easy to remember and hard to guess.</source>
        <translation>Una frase de contraseña necesita al menos {n} caracteres. No se ha cambiado nada. Varias palabras son fáciles de recordar y difíciles de adivinar.</translation>
    </message>
    <message>
        <source>The conversations in {folder} are in use, so their encryption was not changed. Nothing was changed. Close other programs that read them, and try again.</source>
        <translation>Las conversaciones de {folder} están en uso, así que su cifrado no se ha cambiado. No se ha cambiado nada. Cierra los demás programas que las lean e inténtalo de nuevo.</translation>
    </message>
    <message>
        <source>The file {path} is damaged, so its encryption was not changed. It is as it was. Use “Check and repair” first.</source>
        <translation>El archivo {path} está dañado, así que su cifrado no se ha cambiado. Está como estaba. Usa antes «Comprobar y reparar».</translation>
    </message>
    <message>
        <source>There are no conversations in {folder} yet. Nothing was changed.</source>
        <translation>Todavía no hay conversaciones en {folder}. No se ha cambiado nada.</translation>
    </message>
    <message>
        <source>This is too much for one PDF. Nothing was written. Export fewer conversations, or export HTML and print it in a browser.</source>
        <translation>Es demasiado para un solo PDF. No se ha escrito nada. Exporta menos conversaciones, o exporta HTML e imprímelo en un navegador.</translation>
    </message>
    <message>
        <source>The PDF {path} cannot be written. Your conversations are safe. Choose another folder, or make room there.</source>
        <translation>No se puede escribir el PDF {path}. Tus conversaciones están a salvo. Elige otra carpeta o libera espacio ahí.</translation>
    </message>
    <message>
        <source>The saved state {path} is missing or damaged. Nothing is lost: the conversation is read again by the model.</source>
        <translation>El estado guardado {path} falta o está dañado. No se pierde nada: el modelo vuelve a leer la conversación.</translation>
    </message>
    <message>
        <source>{name} is damaged or no PDF, so it was not attached. Your message is kept. Open it in a PDF reader, copy the text and paste it.</source>
        <translation>{name} está dañado o no es un PDF, así que no se ha adjuntado. Tu mensaje se conserva. Ábrelo en un lector de PDF, copia el texto y pégalo.</translation>
    </message>
    <message>
        <source>{name} is protected with a password, so it was not attached. Your message is kept. Save a copy without password in a PDF reader and attach that.</source>
        <translation>{name} está protegido con una contraseña, así que no se ha adjuntado. Tu mensaje se conserva. Guarda una copia sin contraseña en un lector de PDF y adjunta esa copia.</translation>
    </message>
    <message>
        <source>There is no text in {name}, only pictures (a scan, perhaps), so it was not attached. Your message is kept. Let a program for text recognition (OCR) read it first.</source>
        <translation>En {name} no hay texto, solo imágenes (quizá esté escaneado), así que no se ha adjuntado. Tu mensaje se conserva. Pásalo antes por un programa de reconocimiento de texto (OCR).</translation>
    </message>
    <message>
        <source>{name} could not be read: it crashed the PDF reader, or took too much time or memory. It was not attached. Your message is kept. Copy the text in another program and paste it.</source>
        <translation>No se ha podido leer {name}: ha hecho fallar el lector de PDF, o ha necesitado demasiado tiempo o demasiada memoria. No se ha adjuntado. Tu mensaje se conserva. Copia el texto en otro programa y pégalo.</translation>
    </message>
    <message>
        <source>The conversations in {folder} are encrypted. Nothing was changed. Give the passphrase in a terminal, with --passphrase-file FILE, or in the variable LUMBRE_PASSPHRASE.</source>
        <translation>Las conversaciones de {folder} están cifradas. No se ha cambiado nada. Indica la frase de contraseña en un terminal, con --passphrase-file ARCHIVO o en la variable LUMBRE_PASSPHRASE.</translation>
    </message>
    <message>
        <source>The passphrase could not be read from {path}: {reason}. Nothing was changed.</source>
        <translation>La frase de contraseña no se ha podido leer de {path}: {reason}. No se ha cambiado nada.</translation>
    </message>
    <message>
        <source>Lumbre is already running with the folder {folder}, but its window does not answer. Your conversations are safe. Close that program, or start with another --data-dir.</source>
        <translation>Lumbre ya está abierto con la carpeta {folder}, pero su ventana no responde. Tus conversaciones están a salvo. Cierra ese programa o inicia este con otra carpeta (--data-dir).</translation>
    </message>
    <message>
        <source>{host} gave no answer that could be read, so it is not known whether there is a newer version. Nothing was changed. Check the network connection, or look at the project&apos;s page in a browser.</source>
        <translation>{host} no dio una respuesta legible, así que no se sabe si hay una versión más nueva. No se ha cambiado nada. Comprueba la conexión de red o mira la página del proyecto en un navegador.</translation>
    </message>
</context>
<context>
    <name>export</name>
    <message>
        <source>You</source>
        <translation>Tú</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Herramienta</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>Razonamiento</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Conversación</translation>
    </message>
    <message>
        <source>Version {number} of {count}</source>
        <translation>Versión {number} de {count}</translation>
    </message>
    <message>
        <source>Another branch, after: {excerpt}</source>
        <translation>Otra rama, después de: {excerpt}</translation>
    </message>
    <message>
        <source>This answer was not finished.</source>
        <translation>Esta respuesta no se terminó.</translation>
    </message>
    <message>
        <source>Attachment: {name}</source>
        <translation>Adjunto: {name}</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>Texto pegado</translation>
    </message>
    <message>
        <source>{n} characters</source>
        <translation>{n} caracteres</translation>
    </message>
    <message>
        <source>only the beginning</source>
        <translation>solo el principio</translation>
    </message>
</context>
<context>
    <name>memory</name>
    <message>
        <source>Fits: it needs {needed} of memory and {available} are free.</source>
        <translation>Cabe: necesita {needed} de memoria y hay {available} libres.</translation>
    </message>
    <message>
        <source>Tight: it needs {needed} of memory and {available} are free. Other programs may become slow.</source>
        <translation>Justo: necesita {needed} de memoria y hay {available} libres. Otros programas pueden ir lentos.</translation>
    </message>
    <message>
        <source>Does not fit now: it needs {needed} of memory and {available} are free. Loaded anyway, it may be very slow.</source>
        <translation>Ahora no cabe: necesita {needed} de memoria y hay {available} libres. Si se carga de todos modos, puede ir muy lento.</translation>
    </message>
    <message>
        <source>Does not fit now: it needs {needed} on {device} and {available} are free there.</source>
        <translation>Ahora no cabe: necesita {needed} en {device} y allí hay {available} libres.</translation>
    </message>
    <message>
        <source>Choose a context of {n_ctx} tokens: then it fits.</source>
        <translation>Elige un contexto de {n_ctx} tokens: así cabe.</translation>
    </message>
    <message>
        <source>Close other programs that use about {missing}.</source>
        <translation>Cierra otros programas que usen unos {missing}.</translation>
    </message>
    <message>
        <source>Choose a smaller model: this one is for computers with {needed} GB of memory.</source>
        <translation>Elige un modelo menor: este es para equipos con {needed} GB de memoria.</translation>
    </message>
    <message>
        <source>Set the layers on the graphics card and the experts in main memory to automatic.</source>
        <translation>Pon en automático las capas de la tarjeta gráfica y los expertos de la memoria principal.</translation>
    </message>
    <message>
        <source>{device} did not pass the self-test: its answers differ from the processor&apos;s, or its driver crashed. The processor is used. A newer driver may help.</source>
        <translation>{device} no ha pasado la prueba: sus respuestas difieren de las del procesador, o su controlador ha fallado. Se usa el procesador. Puede ayudar un controlador más nuevo.</translation>
    </message>
    <message>
        <source>{device} was not ready in time: its driver prepares itself at the first use. The processor is used now; the card is tried once more when the model is next loaded.</source>
        <translation>{device} no estuvo lista a tiempo: su controlador se prepara en el primer uso. Ahora se usa el procesador; la tarjeta se probará una vez más cuando se vuelva a cargar el modelo.</translation>
    </message>
    <message>
        <source>The graphics driver crashed when it was asked for its devices. The processor is used. A newer driver may help.</source>
        <translation>El controlador gráfico ha fallado al preguntarle por sus dispositivos. Se usa el procesador. Puede ayudar un controlador más nuevo.</translation>
    </message>
</context>
<context>
    <name>presets</name>
    <message>
        <source>Translate</source>
        <translation>Traducir</translation>
    </message>
    <message>
        <source>Translate what I write into English; what is in English, into Spanish. Keep names, numbers and the layout. Answer with the translation only. Where a word can mean two things, add one line that says which you chose.</source>
        <translation>Traduce al español lo que escribo; lo que esté en español, al inglés. Conserva nombres, números y disposición. Responde solo con la traducción. Si una palabra puede significar dos cosas, añade una línea que diga cuál has elegido.</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>Resumir</translation>
    </message>
    <message>
        <source>Summarise the text that I give you: first one sentence, then at most five points with what matters most. Use only what stands in the text, and say so when something important is missing in it.</source>
        <translation>Resume el texto que te doy: primero una frase y después cinco puntos como mucho con lo más importante. Usa solo lo que está en el texto y di si en él falta algo importante.</translation>
    </message>
    <message>
        <source>Write a letter</source>
        <translation>Escribir una carta</translation>
    </message>
    <message>
        <source>Write the letter or e-mail that I describe: polite, clear and short, ready to send. Put what I have not told you in square brackets and invent nothing. After the letter, list what I still have to fill in.</source>
        <translation>Escribe la carta o el correo que describo: con cortesía, claro y corto, listo para enviar. Pon entre corchetes lo que no te he dicho y no inventes nada. Después de la carta, enumera lo que aún tengo que completar.</translation>
    </message>
    <message>
        <source>Correct my text</source>
        <translation>Corregir mi texto</translation>
    </message>
    <message>
        <source>Correct spelling, grammar and punctuation of what I write, in its own language, and keep my way of writing. Show the corrected text first, then a short list of what you changed and why.</source>
        <translation>Corrige la ortografía, la gramática y la puntuación de lo que escribo, en su propio idioma, y respeta mi manera de escribir. Muestra primero el texto corregido y después una lista corta de lo que has cambiado y por qué.</translation>
    </message>
    <message>
        <source>Explain code</source>
        <translation>Explicar código</translation>
    </message>
    <message>
        <source>Explain the code that I give you to somebody who can program but does not know it: first what it is for, then how it works, step by step, with the lines that you mean. Name mistakes and risks at the end. Say what you cannot know from the code alone.</source>
        <translation>Explica el código que te doy a alguien que sabe programar pero no lo conoce: primero para qué sirve y después cómo funciona, paso a paso, con las líneas a las que te refieres. Al final, nombra errores y riesgos. Di lo que no se puede saber solo por el código.</translation>
    </message>
</context>
<context>
    <name>reasoning</name>
    <message>
        <source>Low</source>
        <translation>Bajo</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Medio</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Alto</translation>
    </message>
    <message>
        <source>Quickest: thinks briefly. For simple questions and short texts.</source>
        <translation>El más rápido: piensa poco. Para preguntas sencillas y textos cortos.</translation>
    </message>
    <message>
        <source>Balanced: thinks as long as most questions need.</source>
        <translation>Equilibrado: piensa lo que necesita la mayoría de las preguntas.</translation>
    </message>
    <message>
        <source>Most careful: thinks much longer. For mathematics, code and plans.</source>
        <translation>El más cuidadoso: piensa mucho más. Para matemáticas, código y planes.</translation>
    </message>
</context>
<context>
    <name>sections</name>
    <message>
        <source>Not saved</source>
        <translation>Sin guardar</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>Fijadas</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Ayer</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 días</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Últimos 30 días</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>Anteriores</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>Archivadas</translation>
    </message>
</context>
<context>
    <name>transcript</name>
    <message>
        <source>[Image, not loaded: {name}]</source>
        <translation>[Imagen no cargada: {name}]</translation>
    </message>
    <message>
        <source>text</source>
        <translation>texto</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Answer now</source>
        <translation>Responder ya</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Editar</translation>
    </message>
    <message>
        <source>Write again</source>
        <translation>Regenerar</translation>
    </message>
    <message>
        <source>Write again with another level</source>
        <translation>Regenerar con otro nivel</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Eliminar</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Previous version, {n} of {total}</source>
        <translation>Versión anterior, {n} de {total}</translation>
    </message>
    <message>
        <source>Next version, {n} of {total}</source>
        <translation>Versión siguiente, {n} de {total}</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Bajo</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Medio</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Alto</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Tú</translation>
    </message>
    <message>
        <source>Thinking… {time}</source>
        <translation>Pensando… {time}</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>Razonamiento</translation>
    </message>
    <message>
        <source>Thought for {time}</source>
        <translation>Ha pensado {time}</translation>
    </message>
    <message>
        <source>under 1 s</source>
        <translation>menos de 1 s</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} min {seconds} s</translation>
    </message>
    <message>
        <source>{n} tok/s</source>
        <translation>{n} tok/s</translation>
    </message>
    <message>
        <source>first after {n} s</source>
        <translation>primero a los {n} s</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} tokens</translation>
    </message>
    <message>
        <source>Prompt: {n} tokens</source>
        <translation>Entrada: {n} tokens</translation>
    </message>
    <message>
        <source>of these kept from before: {n}</source>
        <translation>de ellos, conservados de antes: {n}</translation>
    </message>
    <message>
        <source>Thinking: {n} tokens</source>
        <translation>Razonamiento: {n} tokens</translation>
    </message>
    <message>
        <source>Answer: {n} tokens</source>
        <translation>Respuesta: {n} tokens</translation>
    </message>
    <message>
        <source>Reading: {n} tok/s</source>
        <translation>Lectura: {n} tok/s</translation>
    </message>
    <message>
        <source>Writing: {n} tok/s</source>
        <translation>Escritura: {n} tok/s</translation>
    </message>
    <message>
        <source>First token after {n} s</source>
        <translation>Primer token a los {n} s</translation>
    </message>
    <message>
        <source>In all {n} s</source>
        <translation>En total {n} s</translation>
    </message>
    <message>
        <source>Oldest messages left out: {n}</source>
        <translation>Mensajes más antiguos omitidos: {n}</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Detenida</translation>
    </message>
    <message>
        <source>The answer reached the longest length that is allowed.</source>
        <translation>La respuesta ha llegado a la longitud máxima permitida.</translation>
    </message>
    <message>
        <source>Ended, because it began to repeat itself.</source>
        <translation>Terminada, porque empezaba a repetirse.</translation>
    </message>
    <message>
        <source>Interrupted: Lumbre closed while it was being written.</source>
        <translation>Interrumpida: Lumbre se cerró mientras se escribía.</translation>
    </message>
    <message>
        <source>The answer broke off. What was written so far is kept.</source>
        <translation>La respuesta se ha cortado. Lo escrito hasta ahora se conserva.</translation>
    </message>
    <message>
        <source>Open link to {host}…</source>
        <translation>Abrir enlace a {host}…</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>Copiar dirección del enlace</translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation>Copiar selección</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>Copiar como texto</translation>
    </message>
    <message>
        <source>Quote in my message</source>
        <translation>Citar en mi mensaje</translation>
    </message>
    <message>
        <source>Copy the thinking</source>
        <translation>Copiar el razonamiento</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Seleccionar todo</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Buscar…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Editar…</translation>
    </message>
    <message>
        <source>Links</source>
        <translation>Enlaces</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>Copiar código</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>Ajustar las líneas largas</translation>
    </message>
    <message>
        <source>Answering</source>
        <translation>Respondiendo</translation>
    </message>
    <message>
        <source>Answer finished, {tokens}</source>
        <translation>Respuesta terminada, {tokens}</translation>
    </message>
    <message>
        <source>Read the attachment {name}</source>
        <translation>Leer el adjunto {name}</translation>
    </message>
</context>
</TS>
